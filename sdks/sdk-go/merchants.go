// Merchants and stores come from the system that knows them, by one call.

package mpspgw

import "context"

// SyncMerchants makes or changes merchants and stores, all of what is named or, after an error, nothing. What is not
// named stays as it is. Up to 10,000 stores fit into a call. The same again is harmless.
//
// [Client.SyncMerchantsResult] is the same call and also says how many there were. This is POST /v1/sync/merchants.
func (c *Client) SyncMerchants(ctx context.Context, body SyncMerchantsRequest, options ...CallOption) error {
	_, err := c.SyncMerchantsResult(ctx, body, options...)
	return err
}
