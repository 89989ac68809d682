// firewall judges recorded requests by the OWASP core rules, from which the managed rules of Azure's
// web application firewall were made: firewall WAF_POLICY REQUESTS.
//
// A service took each of them, so a rule that refuses one would refuse an honest client. What the
// policy excludes is not looked at.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
	"github.com/corazawaf/coraza/v3"
)

// Our methods and media types: what Azure allows of them is not told, and is on the list of the
// first day.
const directives = `
Include @coraza.conf-recommended
SecRuleEngine On
Include @crs-setup.conf.example
SecAction "id:1,phase:1,pass,nolog,setvar:'tx.allowed_methods=GET HEAD POST OPTIONS PUT PATCH DELETE'"
Include @owasp_crs/*.conf
`

// An attack, to see that the rules are there.
var attack = request{Method: "GET", URI: "/?q=" + url.QueryEscape("1' union select pin from users --")}

// What people write, by the field's place in JSON or by the name of a parameter.
type exclusions struct{ json, query map[string]bool }

type request struct {
	Method  string            `json:"method"`
	URI     string            `json:"uri"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: firewall WAF_POLICY REQUESTS"))
	}
	excluded, err := readExclusions(os.Args[1])
	fail(err)
	requests, err := readRequests(os.Args[2])
	fail(err)
	waf, err := coraza.NewWAF(coraza.NewWAFConfig().WithRootFS(coreruleset.FS).WithDirectives(directives))
	fail(err)
	if len(judge(waf, attack)) == 0 || len(requests) == 0 {
		fail(fmt.Errorf("an attack is let through, or nothing was recorded: that proves nothing"))
	}

	seen := map[string]bool{}
	for _, asked := range requests {
		for _, rule := range judge(waf, excluded.hide(asked)) {
			seen[fmt.Sprintf("%s %s: %s", asked.Method, strings.Split(asked.URI, "?")[0], rule)] = true
		}
	}
	for _, line := range slices.Sorted(maps.Keys(seen)) {
		fmt.Println("refused:", line)
	}
	fmt.Printf("firewall: %d honest requests, %d refusals\n", len(requests), len(seen))
	if len(seen) > 0 {
		os.Exit(1)
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "firewall:", err)
		os.Exit(2)
	}
}

// The rules that a request breaks, once they are enough to refuse it.
func judge(waf coraza.WAF, asked request) []string {
	transaction := waf.NewTransaction()
	defer transaction.Close()
	transaction.ProcessConnection("203.0.113.7", 50000, "198.51.100.1", 443)
	transaction.ProcessURI(asked.URI, asked.Method, "HTTP/1.1")
	transaction.AddRequestHeader("Host", "wallet.example")
	transaction.AddRequestHeader("User-Agent", "payme/1.0")
	transaction.AddRequestHeader("Accept", "application/json")
	for name, value := range asked.Headers {
		if strings.EqualFold(name, "content-type") && strings.Contains(value, "json") {
			value = "application/json"
		}
		transaction.AddRequestHeader(name, value)
	}
	transaction.AddRequestHeader("Content-Length", fmt.Sprint(len(asked.Body)))
	stopped := transaction.ProcessRequestHeaders()
	if stopped == nil {
		_, _, err := transaction.WriteRequestBody([]byte(asked.Body))
		fail(err)
		stopped, err = transaction.ProcessRequestBody()
		fail(err)
	}
	if stopped == nil {
		return nil
	}
	var broken []string
	for _, matched := range transaction.MatchedRules() {
		if message := matched.Message(); message != "" && matched.Rule().ID() < 949000 {
			broken = append(broken, fmt.Sprintf("%d %s, %s", matched.Rule().ID(), message, matched.Data()))
		}
	}
	return broken
}

// The lists of the policy, as they stand in Bicep.
func readExclusions(path string) (exclusions, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return exclusions{}, err
	}
	list := func(name string) map[string]bool {
		names := map[string]bool{}
		block := regexp.MustCompile(`(?s)var ` + name + ` = \[(.*?)\]`).FindSubmatch(text)
		if block != nil {
			for _, quoted := range regexp.MustCompile(`'([^']*)'`).FindAllSubmatch(block[1], -1) {
				names[string(quoted[1])] = true
			}
		}
		return names
	}
	json := list("freeTexts")
	for name := range list("chanceTexts") {
		json[name] = true
	}
	return exclusions{json: json, query: list("freeQueries")}, nil
}

// The request without what the firewall does not look at.
func (excluded exclusions) hide(asked request) request {
	path, query, _ := strings.Cut(asked.URI, "?")
	if values, err := url.ParseQuery(query); err == nil && query != "" {
		for name := range values {
			if excluded.query[name] {
				values.Del(name)
			}
		}
		asked.URI = strings.TrimSuffix(path+"?"+values.Encode(), "?")
	}
	var body any
	if json.Unmarshal([]byte(asked.Body), &body) == nil {
		plain, err := json.Marshal(excluded.without(body, ""))
		fail(err)
		asked.Body = string(plain)
	}
	return asked
}

// Azure names a field by the names on the way to it, without the places in lists.
func (excluded exclusions) without(value any, place string) any {
	switch value := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for name, member := range value {
			inside := strings.TrimPrefix(place+"."+name, ".")
			if !excluded.json[inside] {
				kept[name] = excluded.without(member, inside)
			}
		}
		return kept
	case []any:
		kept := make([]any, len(value))
		for i, member := range value {
			kept[i] = excluded.without(member, place)
		}
		return kept
	}
	return value
}

func readRequests(path string) ([]request, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var requests []request
	lines := bufio.NewReader(file)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) == 0 && err != nil {
			return requests, nil
		}
		var asked request
		if err := json.Unmarshal(line, &asked); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		requests = append(requests, asked)
	}
}
