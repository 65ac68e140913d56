// The integration guide's "Merchant/Store Sync" in Go, and around it what makes it a program. The client is the one of the
// guide's first example.
package main

import (
	"context"
	"log"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

func main() {
	ctx := context.Background()
	client := mpspgw.NewClient(mpspgw.ClientConfig{
		BaseURL:   "https://pgw.example.com",
		APIKey:    "ak_01JXXXXXXXXXXXXXXXXXXXXXX",
		SecretKey: "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
	})

	// From here on letter by letter.
	err := client.SyncMerchants(ctx, mpspgw.SyncMerchantsRequest{
		Merchants: []mpspgw.SyncMerchant{
			{
				ID:   "merchant_001",
				Name: "Example Restaurant",
				Stores: []mpspgw.SyncStore{
					{
						ID:   "store_001",
						Name: "Tokyo Branch",
						PaymentProcessorConfigs: []mpspgw.PaymentProcessorConfig{
							{
								Provider: "PAYPAY",
								IsActive: true,
								Credentials: map[string]interface{}{
									"merchant_id": "paypay_merchant_123",
								},
							},
						},
					},
				},
			},
		},
	})
	// To here.

	if err != nil {
		log.Fatal(err)
	}
}
