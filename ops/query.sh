# Sourced after environment.sh: asks the Log Analytics workspace that all services write to.

# Prints the rows that a KQL query finds, as a table.
query() { # KQL
  local workspace answer
  workspace=$(stack_output workspaceId)
  body=$(python3 -c 'import json, sys; print(json.dumps({"query": sys.argv[1]}))' "$1")
  answer=$(ask ROWS az rest --method post --resource https://api.loganalytics.io \
    --url "https://api.loganalytics.io/v1/workspaces/$workspace/query" \
    --headers Content-Type=application/json --body "$body" --output json)
  printing || python3 -c '
import json, sys
table = json.load(sys.stdin)["tables"][0]
for row in table["rows"]:
    print("  ".join("" if cell is None else str(cell) for cell in row))
print(len(table["rows"]), "rows", file=sys.stderr)' <<<"$answer"
}
