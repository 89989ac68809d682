// The official Go SDK, as it comes from the module proxy, against an emulator: main PORT.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
)

const (
	limit  = 30 * time.Second
	events = 50
)

func main() {
	ctx, end := context.WithTimeout(context.Background(), limit)
	defer end()
	if err := play(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func connection(key string) string {
	return "Endpoint=sb://localhost:" + os.Args[1] +
		";SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=" + key +
		";UseDevelopmentEmulator=true"
}

func play(ctx context.Context) error {
	if err := send(ctx, "orders", "key"); err != nil {
		return err
	}
	if err := receive(ctx); err != nil {
		return err
	}
	var refusal *azeventhubs.Error
	if err := send(ctx, "orders", "another"); !errors.As(err, &refusal) ||
		refusal.Code != azeventhubs.ErrorCodeUnauthorizedAccess {
		return fmt.Errorf("another key: %w", err)
	}
	if err := send(ctx, "nowhere", "key"); err == nil {
		return errors.New("a hub that does not exist took events")
	}
	return nil
}

func send(ctx context.Context, hub, key string) error {
	options := &azeventhubs.ProducerClientOptions{
		RetryOptions: azeventhubs.RetryOptions{MaxRetries: -1},
	}
	client, err := azeventhubs.NewProducerClientFromConnectionString(connection(key), hub, options)
	if err != nil {
		return err
	}
	defer client.Close(ctx)
	partition := "1"
	batch, err := client.NewEventDataBatch(ctx, &azeventhubs.EventDataBatchOptions{
		PartitionID: &partition,
	})
	if err != nil {
		return err
	}
	for number := range int64(events) {
		event := &azeventhubs.EventData{
			Body:       []byte(fmt.Sprint(number)),
			Properties: map[string]any{"number": number},
		}
		if err := batch.AddEventData(event, nil); err != nil {
			return err
		}
	}
	return client.SendEventDataBatch(ctx, batch, nil)
}

func receive(ctx context.Context) error {
	client, err := azeventhubs.NewConsumerClientFromConnectionString(
		connection("key"), "orders", "g", nil)
	if err != nil {
		return err
	}
	defer client.Close(ctx)
	earliest := true
	reader, err := client.NewPartitionClient("1", &azeventhubs.PartitionClientOptions{
		StartPosition: azeventhubs.StartPosition{Earliest: &earliest},
	})
	if err != nil {
		return err
	}
	defer reader.Close(ctx)
	read, err := reader.ReceiveEvents(ctx, events, nil)
	if err != nil {
		return err
	}
	if len(read) != events {
		return fmt.Errorf("%d of %d events", len(read), events)
	}
	for number, event := range read {
		isAsSent := event.SequenceNumber == int64(number) &&
			string(event.Body) == fmt.Sprint(number) && event.Properties["number"] == int64(number)
		if !isAsSent {
			return fmt.Errorf("event %d: %+v", number, event)
		}
	}
	return nil
}
