// The integration guide's "Create a PaymentIntent" in Go, and around it what makes it a program.
package main

import (
	"context"
	"fmt"
	"log"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

func main() {
	ctx := context.Background()

	// From here on letter by letter.
	client := mpspgw.NewClient(mpspgw.ClientConfig{
		BaseURL:   "https://pgw.example.com",
		APIKey:    "ak_01JXXXXXXXXXXXXXXXXXXXXXX",
		SecretKey: "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
	})

	intent, err := client.CreatePaymentIntent(ctx, mpspgw.CreatePaymentIntentRequest{
		Amount:             1000,
		Currency:           "JPY",
		PaymentMethodTypes: []string{"qr_mpm"},
		MerchantRefID:      "order_12345",
		MerchantStoreID:    "store_001",
	})

	// Pass intent.PaymentToken to the frontend
	// To here.

	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(intent.PaymentToken)
}
