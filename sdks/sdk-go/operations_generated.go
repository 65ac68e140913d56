// Code generated from openapi.json by internal/generate. DO NOT EDIT.

package mpspgw

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// CreatePaymentIntent: create a payment intent.
//
// The answer holds the `payment_token` for the terminal: it confirms once, within five minutes. An order’s
// `merchant_ref_id` is taken until its intent has failed or was cancelled, so an order is never paid twice.
//
// This is POST /v1/payment_intents.
func (c *Client) CreatePaymentIntent(ctx context.Context, body CreatePaymentIntentRequest, options ...CallOption) (*PaymentIntent, error) {
	return send[PaymentIntent](ctx, c, request{method: http.MethodPost, path: "/v1/payment_intents", body: body}, options)
}

// ListPaymentIntentsParams narrows what ListPaymentIntents lists. What is zero is left out.
type ListPaymentIntentsParams struct {
	// Only those of this store.
	MerchantStoreID string `json:"merchant_store_id"`
	// Only those of this reference of yours: every try of an order.
	MerchantRefID string `json:"merchant_ref_id"`
	// Only those in this status.
	Status Status `json:"status"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// How many to pass over. Each costs as much as one that is shown: better follow the Link header.
	Offset int64 `json:"offset"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
	// RFC 3339 in UTC.
	CreatedGTE time.Time `json:"created_gte"`
	// RFC 3339 in UTC.
	CreatedLT time.Time `json:"created_lt"`
}

func (p ListPaymentIntentsParams) query() url.Values {
	query := url.Values{}
	if p.MerchantStoreID != "" {
		query.Set("merchant_store_id", p.MerchantStoreID)
	}
	if p.MerchantRefID != "" {
		query.Set("merchant_ref_id", p.MerchantRefID)
	}
	if p.Status != "" {
		query.Set("status", string(p.Status))
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.Offset != 0 {
		query.Set("offset", strconv.FormatInt(p.Offset, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	if !p.CreatedGTE.IsZero() {
		query.Set("created_gte", p.CreatedGTE.UTC().Format(time.RFC3339Nano))
	}
	if !p.CreatedLT.IsZero() {
		query.Set("created_lt", p.CreatedLT.UTC().Format(time.RFC3339Nano))
	}
	return query
}

// ListPaymentIntents: list payment intents, newest first.
//
// Filters work together. Follow the `Link` header from page to page: it misses nothing that is created meanwhile, as
// `offset` would, and its pages stay quick however far back they go. This is one page; [Client.PaymentIntents] walks
// over all of them.
//
// This is GET /v1/payment_intents.
func (c *Client) ListPaymentIntents(ctx context.Context, params ListPaymentIntentsParams, options ...CallOption) (*Page[PaymentIntent], error) {
	return sendForPage[PaymentIntent](ctx, c, request{method: http.MethodGet, path: "/v1/payment_intents", query: params.query()}, options)
}

// PaymentIntents walks over all that [Client.ListPaymentIntents] lists, page by page, asking for the next one when it
// is needed. After an error it ends.
func (c *Client) PaymentIntents(ctx context.Context, params ListPaymentIntentsParams, options ...CallOption) iter.Seq2[*PaymentIntent, error] {
	return walk[PaymentIntent](ctx, c, request{method: http.MethodGet, path: "/v1/payment_intents", query: params.query()}, options)
}

// RetrievePaymentIntent: retrieve a payment intent.
//
// A terminal reads with its payment token in the query, also after the confirm, until the attempt is over.
//
// This is GET /v1/payment_intents/{id}.
func (c *Client) RetrievePaymentIntent(ctx context.Context, id string, options ...CallOption) (*PaymentIntent, error) {
	return send[PaymentIntent](ctx, c, request{method: http.MethodGet, path: "/v1/payment_intents/{id}", values: []string{id}}, options)
}

// ConfirmPaymentIntent: begin or record the payment.
//
// A QR code is opened at the provider: the answer is `requires_action` with the code, and events or polling tell the
// rest. A code that was scanned from the customer pays at once, or is `processing` while the customer is asked in the
// app; it pays once, and the wallet is recognised from it. Cash is recorded as paid, and of cards at an external
// terminal what its app reports: 200, also when it was declined, so read `status`. When the provider gives no clear
// answer this is 502 or 504 with `outcome: unknown`; nothing is lost, and a retry with the same key finishes the
// work. A provider that has fallen silent is not asked: 502 with `Retry-After` and `outcome: not_begun`.
//
// This is POST /v1/payment_intents/{id}/confirm.
func (c *Client) ConfirmPaymentIntent(ctx context.Context, id string, body ConfirmPaymentIntentRequest, options ...CallOption) (*Confirmation, error) {
	return send[Confirmation](ctx, c, request{method: http.MethodPost, path: "/v1/payment_intents/{id}/confirm", values: []string{id}, body: body}, options)
}

// CancelPaymentIntent: the provider first makes sure that nothing can be paid any more.
//
// An open code is deleted at the provider, which is then asked once more whether it was paid: a customer who was
// faster has paid, and the answer says so.
//
// This is POST /v1/payment_intents/{id}/cancel.
func (c *Client) CancelPaymentIntent(ctx context.Context, id string, body CancelPaymentIntentRequest, options ...CallOption) (*PaymentIntent, error) {
	return send[PaymentIntent](ctx, c, request{method: http.MethodPost, path: "/v1/payment_intents/{id}/cancel", values: []string{id}, body: body}, options)
}

// CapturePaymentIntent: capture what is held, in full or in part, or record cash.
//
// Takes what is held, all of it or a part; the rest is released. For an intent that nobody has confirmed it records
// cash that staff took.
//
// This is POST /v1/payment_intents/{id}/capture.
func (c *Client) CapturePaymentIntent(ctx context.Context, id string, body CapturePaymentIntentRequest, options ...CallOption) (*PaymentIntent, error) {
	return send[PaymentIntent](ctx, c, request{method: http.MethodPost, path: "/v1/payment_intents/{id}/capture", values: []string{id}, body: body}, options)
}

// CreatePaymentToken: issue a fresh payment token; the old one stops working.
//
// This is POST /v1/payment_intents/{id}/payment_token.
func (c *Client) CreatePaymentToken(ctx context.Context, id string, options ...CallOption) (*PaymentIntent, error) {
	return send[PaymentIntent](ctx, c, request{method: http.MethodPost, path: "/v1/payment_intents/{id}/payment_token", values: []string{id}, body: struct{}{}}, options)
}

// CreateRefund: give money back, in whole or in part.
//
// Written down first, then asked of the provider. `pending` means that the provider has not said yet; an event tells
// the end. All refunds together never exceed what was received.
//
// This is POST /v1/refunds.
func (c *Client) CreateRefund(ctx context.Context, body CreateRefundRequest, options ...CallOption) (*Refund, error) {
	return send[Refund](ctx, c, request{method: http.MethodPost, path: "/v1/refunds", body: body}, options)
}

// ListRefundsParams narrows what ListRefunds lists. What is zero is left out.
type ListRefundsParams struct {
	// Only those about this payment intent.
	PaymentIntent string `json:"payment_intent"`
	// Only those in this status.
	Status RefundStatus `json:"status"`
	// RFC 3339 in UTC.
	CreatedGTE time.Time `json:"created_gte"`
	// RFC 3339 in UTC.
	CreatedLT time.Time `json:"created_lt"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListRefundsParams) query() url.Values {
	query := url.Values{}
	if p.PaymentIntent != "" {
		query.Set("payment_intent", p.PaymentIntent)
	}
	if p.Status != "" {
		query.Set("status", string(p.Status))
	}
	if !p.CreatedGTE.IsZero() {
		query.Set("created_gte", p.CreatedGTE.UTC().Format(time.RFC3339Nano))
	}
	if !p.CreatedLT.IsZero() {
		query.Set("created_lt", p.CreatedLT.UTC().Format(time.RFC3339Nano))
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListRefunds: list refunds, newest first. This is one page; [Client.Refunds] walks over all of them.
//
// This is GET /v1/refunds.
func (c *Client) ListRefunds(ctx context.Context, params ListRefundsParams, options ...CallOption) (*Page[Refund], error) {
	return sendForPage[Refund](ctx, c, request{method: http.MethodGet, path: "/v1/refunds", query: params.query()}, options)
}

// Refunds walks over all that [Client.ListRefunds] lists, page by page, asking for the next one when it is needed.
// After an error it ends.
func (c *Client) Refunds(ctx context.Context, params ListRefundsParams, options ...CallOption) iter.Seq2[*Refund, error] {
	return walk[Refund](ctx, c, request{method: http.MethodGet, path: "/v1/refunds", query: params.query()}, options)
}

// RetrieveRefund: retrieve a refund.
//
// This is GET /v1/refunds/{id}.
func (c *Client) RetrieveRefund(ctx context.Context, id string, options ...CallOption) (*Refund, error) {
	return send[Refund](ctx, c, request{method: http.MethodGet, path: "/v1/refunds/{id}", values: []string{id}}, options)
}

// ListMerchantsParams narrows what ListMerchants lists. What is zero is left out.
type ListMerchantsParams struct {
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListMerchantsParams) query() url.Values {
	query := url.Values{}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListMerchants: list merchants. This is one page; [Client.Merchants] walks over all of them.
//
// This is GET /v1/merchants.
func (c *Client) ListMerchants(ctx context.Context, params ListMerchantsParams, options ...CallOption) (*Page[Merchant], error) {
	return sendForPage[Merchant](ctx, c, request{method: http.MethodGet, path: "/v1/merchants", query: params.query()}, options)
}

// Merchants walks over all that [Client.ListMerchants] lists, page by page, asking for the next one when it is
// needed. After an error it ends.
func (c *Client) Merchants(ctx context.Context, params ListMerchantsParams, options ...CallOption) iter.Seq2[*Merchant, error] {
	return walk[Merchant](ctx, c, request{method: http.MethodGet, path: "/v1/merchants", query: params.query()}, options)
}

// RetrieveMerchant: retrieve a merchant.
//
// This is GET /v1/merchants/{id}.
func (c *Client) RetrieveMerchant(ctx context.Context, id string, options ...CallOption) (*Merchant, error) {
	return send[Merchant](ctx, c, request{method: http.MethodGet, path: "/v1/merchants/{id}", values: []string{id}}, options)
}

// ListStoresParams narrows what ListStores lists. What is zero is left out.
type ListStoresParams struct {
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListStoresParams) query() url.Values {
	query := url.Values{}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListStores: list the stores of a merchant, with the providers that each is set up for. This is one page;
// [Client.Stores] walks over all of them.
//
// This is GET /v1/merchants/{id}/stores.
func (c *Client) ListStores(ctx context.Context, id string, params ListStoresParams, options ...CallOption) (*Page[Store], error) {
	return sendForPage[Store](ctx, c, request{method: http.MethodGet, path: "/v1/merchants/{id}/stores", values: []string{id}, query: params.query()}, options)
}

// Stores walks over all that [Client.ListStores] lists, page by page, asking for the next one when it is needed.
// After an error it ends.
func (c *Client) Stores(ctx context.Context, id string, params ListStoresParams, options ...CallOption) iter.Seq2[*Store, error] {
	return walk[Store](ctx, c, request{method: http.MethodGet, path: "/v1/merchants/{id}/stores", values: []string{id}, query: params.query()}, options)
}

// CreateWebhookEndpoint: register a webhook endpoint, up to 16 of an organization and of each merchant in each mode.
//
// The answer holds the signing `secret`, which is told only now.
//
// This is POST /v1/webhook_endpoints.
func (c *Client) CreateWebhookEndpoint(ctx context.Context, body CreateWebhookEndpointRequest, options ...CallOption) (*WebhookEndpoint, error) {
	return send[WebhookEndpoint](ctx, c, request{method: http.MethodPost, path: "/v1/webhook_endpoints", body: body}, options)
}

// ListWebhookEndpointsParams narrows what ListWebhookEndpoints lists. What is zero is left out.
type ListWebhookEndpointsParams struct {
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListWebhookEndpointsParams) query() url.Values {
	query := url.Values{}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListWebhookEndpoints: list webhook endpoints, newest first. This is one page; [Client.WebhookEndpoints] walks over
// all of them.
//
// This is GET /v1/webhook_endpoints.
func (c *Client) ListWebhookEndpoints(ctx context.Context, params ListWebhookEndpointsParams, options ...CallOption) (*Page[WebhookEndpoint], error) {
	return sendForPage[WebhookEndpoint](ctx, c, request{method: http.MethodGet, path: "/v1/webhook_endpoints", query: params.query()}, options)
}

// WebhookEndpoints walks over all that [Client.ListWebhookEndpoints] lists, page by page, asking for the next one
// when it is needed. After an error it ends.
func (c *Client) WebhookEndpoints(ctx context.Context, params ListWebhookEndpointsParams, options ...CallOption) iter.Seq2[*WebhookEndpoint, error] {
	return walk[WebhookEndpoint](ctx, c, request{method: http.MethodGet, path: "/v1/webhook_endpoints", query: params.query()}, options)
}

// RetrieveWebhookEndpoint: retrieve a webhook endpoint.
//
// This is GET /v1/webhook_endpoints/{id}.
func (c *Client) RetrieveWebhookEndpoint(ctx context.Context, id string, options ...CallOption) (*WebhookEndpoint, error) {
	return send[WebhookEndpoint](ctx, c, request{method: http.MethodGet, path: "/v1/webhook_endpoints/{id}", values: []string{id}}, options)
}

// UpdateWebhookEndpoint: change a webhook endpoint; what is left out stays as it is.
//
// This is PATCH /v1/webhook_endpoints/{id}.
func (c *Client) UpdateWebhookEndpoint(ctx context.Context, id string, body UpdateWebhookEndpointRequest, options ...CallOption) (*WebhookEndpoint, error) {
	return send[WebhookEndpoint](ctx, c, request{method: http.MethodPatch, path: "/v1/webhook_endpoints/{id}", values: []string{id}, body: body}, options)
}

// DeleteWebhookEndpoint: delete a webhook endpoint; what it was given stays readable under its id.
//
// This is DELETE /v1/webhook_endpoints/{id}.
func (c *Client) DeleteWebhookEndpoint(ctx context.Context, id string, options ...CallOption) (*DeletedWebhookEndpoint, error) {
	return send[DeletedWebhookEndpoint](ctx, c, request{method: http.MethodDelete, path: "/v1/webhook_endpoints/{id}", values: []string{id}}, options)
}

// RollWebhookSecret: make a new signing secret; the one before signs, too, for a while.
//
// This is POST /v1/webhook_endpoints/{id}/roll_secret.
func (c *Client) RollWebhookSecret(ctx context.Context, id string, body RollWebhookSecretRequest, options ...CallOption) (*WebhookEndpoint, error) {
	return send[WebhookEndpoint](ctx, c, request{method: http.MethodPost, path: "/v1/webhook_endpoints/{id}/roll_secret", values: []string{id}, body: body}, options)
}

// ListWebhookEndpointEventsParams narrows what ListWebhookEndpointEvents lists. What is zero is left out.
type ListWebhookEndpointEventsParams struct {
	// Default 0.
	AfterSequence int64 `json:"after_sequence"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
}

func (p ListWebhookEndpointEventsParams) query() url.Values {
	query := url.Values{}
	if p.AfterSequence != 0 {
		query.Set("after_sequence", strconv.FormatInt(p.AfterSequence, 10))
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	return query
}

// ListWebhookEndpointEvents: list what an endpoint was given after a sequence, as it was or will be delivered.
//
// The very bodies that were or will be delivered. `sequence` has no gap, so a receiver can prove that it missed
// nothing. This is one page; [Client.WebhookEndpointEvents] walks over all of them.
//
// This is GET /v1/webhook_endpoints/{id}/events.
func (c *Client) ListWebhookEndpointEvents(ctx context.Context, id string, params ListWebhookEndpointEventsParams, options ...CallOption) (*Page[WebhookEvent], error) {
	return sendForPage[WebhookEvent](ctx, c, request{method: http.MethodGet, path: "/v1/webhook_endpoints/{id}/events", values: []string{id}, query: params.query()}, options)
}

// WebhookEndpointEvents walks over all that [Client.ListWebhookEndpointEvents] lists, page by page, asking for the
// next one when it is needed. After an error it ends.
func (c *Client) WebhookEndpointEvents(ctx context.Context, id string, params ListWebhookEndpointEventsParams, options ...CallOption) iter.Seq2[*WebhookEvent, error] {
	return walk[WebhookEvent](ctx, c, request{method: http.MethodGet, path: "/v1/webhook_endpoints/{id}/events", values: []string{id}, query: params.query()}, options)
}

// ListWebhookDeliveriesParams narrows what ListWebhookDeliveries lists. What is zero is left out.
type ListWebhookDeliveriesParams struct {
	// Only those in this status.
	Status DeliveryStatus `json:"status"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last sequence of the page before.
	StartingAfter int64 `json:"starting_after"`
}

func (p ListWebhookDeliveriesParams) query() url.Values {
	query := url.Values{}
	if p.Status != "" {
		query.Set("status", string(p.Status))
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != 0 {
		query.Set("starting_after", strconv.FormatInt(p.StartingAfter, 10))
	}
	return query
}

// ListWebhookDeliveries: list the deliveries of an endpoint with their attempts, newest first. This is one page;
// [Client.WebhookDeliveries] walks over all of them.
//
// This is GET /v1/webhook_endpoints/{id}/deliveries.
func (c *Client) ListWebhookDeliveries(ctx context.Context, id string, params ListWebhookDeliveriesParams, options ...CallOption) (*Page[WebhookDelivery], error) {
	return sendForPage[WebhookDelivery](ctx, c, request{method: http.MethodGet, path: "/v1/webhook_endpoints/{id}/deliveries", values: []string{id}, query: params.query()}, options)
}

// WebhookDeliveries walks over all that [Client.ListWebhookDeliveries] lists, page by page, asking for the next one
// when it is needed. After an error it ends.
func (c *Client) WebhookDeliveries(ctx context.Context, id string, params ListWebhookDeliveriesParams, options ...CallOption) iter.Seq2[*WebhookDelivery, error] {
	return walk[WebhookDelivery](ctx, c, request{method: http.MethodGet, path: "/v1/webhook_endpoints/{id}/deliveries", values: []string{id}, query: params.query()}, options)
}

// RetrieveWebhookDelivery: retrieve a delivery with its attempts.
//
// This is GET /v1/webhook_endpoints/{id}/deliveries/{sequence}.
func (c *Client) RetrieveWebhookDelivery(ctx context.Context, id string, sequence int64, options ...CallOption) (*WebhookDelivery, error) {
	return send[WebhookDelivery](ctx, c, request{method: http.MethodGet, path: "/v1/webhook_endpoints/{id}/deliveries/{sequence}", values: []string{id, strconv.FormatInt(sequence, 10)}}, options)
}

// ResendWebhookDelivery: send a delivery again, whatever became of it: the same id and bytes, signed anew.
//
// This is POST /v1/webhook_endpoints/{id}/deliveries/{sequence}/resend.
func (c *Client) ResendWebhookDelivery(ctx context.Context, id string, sequence int64, options ...CallOption) (*WebhookDelivery, error) {
	return send[WebhookDelivery](ctx, c, request{method: http.MethodPost, path: "/v1/webhook_endpoints/{id}/deliveries/{sequence}/resend", values: []string{id, strconv.FormatInt(sequence, 10)}, body: struct{}{}}, options)
}

// ResendWebhookDeliveries: send what came after a sequence again, up to 1000 at once.
//
// This is POST /v1/webhook_endpoints/{id}/resend.
func (c *Client) ResendWebhookDeliveries(ctx context.Context, id string, body ResendWebhookDeliveriesRequest, options ...CallOption) (*ResendWebhookDeliveriesResult, error) {
	return send[ResendWebhookDeliveriesResult](ctx, c, request{method: http.MethodPost, path: "/v1/webhook_endpoints/{id}/resend", values: []string{id}, body: body}, options)
}

// PingWebhookEndpoint: send an event of type webhook_endpoint.ping to this endpoint alone.
//
// This is POST /v1/webhook_endpoints/{id}/ping.
func (c *Client) PingWebhookEndpoint(ctx context.Context, id string, options ...CallOption) (*WebhookDelivery, error) {
	return send[WebhookDelivery](ctx, c, request{method: http.MethodPost, path: "/v1/webhook_endpoints/{id}/ping", values: []string{id}, body: struct{}{}}, options)
}

// ListEventsParams narrows what ListEvents lists. What is zero is left out.
type ListEventsParams struct {
	// A type, or a family such as payment_intent.*.
	Type string `json:"type"`
	// Events about this intent, its refunds and its late payments.
	PaymentIntent string `json:"payment_intent"`
	// Only those of this merchant.
	MerchantID string `json:"merchant_id"`
	// RFC 3339 in UTC.
	CreatedGTE time.Time `json:"created_gte"`
	// RFC 3339 in UTC.
	CreatedLT time.Time `json:"created_lt"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListEventsParams) query() url.Values {
	query := url.Values{}
	if p.Type != "" {
		query.Set("type", p.Type)
	}
	if p.PaymentIntent != "" {
		query.Set("payment_intent", p.PaymentIntent)
	}
	if p.MerchantID != "" {
		query.Set("merchant_id", p.MerchantID)
	}
	if !p.CreatedGTE.IsZero() {
		query.Set("created_gte", p.CreatedGTE.UTC().Format(time.RFC3339Nano))
	}
	if !p.CreatedLT.IsZero() {
		query.Set("created_lt", p.CreatedLT.UTC().Format(time.RFC3339Nano))
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListEvents: list events, newest first.
//
// The events of one merchant, or of one common type, are looked for among the organization’s latest: a page walks
// past 10,000 at most, so it can be short, or empty, and yet have a `Link` that goes on from there. This is one page;
// [Client.Events] walks over all of them.
//
// This is GET /v1/events.
func (c *Client) ListEvents(ctx context.Context, params ListEventsParams, options ...CallOption) (*Page[Event], error) {
	return sendForPage[Event](ctx, c, request{method: http.MethodGet, path: "/v1/events", query: params.query()}, options)
}

// Events walks over all that [Client.ListEvents] lists, page by page, asking for the next one when it is needed.
// After an error it ends.
func (c *Client) Events(ctx context.Context, params ListEventsParams, options ...CallOption) iter.Seq2[*Event, error] {
	return walk[Event](ctx, c, request{method: http.MethodGet, path: "/v1/events", query: params.query()}, options)
}

// RetrieveEvent: retrieve an event.
//
// This is GET /v1/events/{id}.
func (c *Client) RetrieveEvent(ctx context.Context, id string, options ...CallOption) (*Event, error) {
	return send[Event](ctx, c, request{method: http.MethodGet, path: "/v1/events/{id}", values: []string{id}}, options)
}

// ResolvePaymentIntent: decide by hand an outcome that is unknown.
//
// For a person who has looked at the provider’s own tool. Money that comes after `not_paid` becomes a late payment.
//
// This is POST /v1/payment_intents/{id}/resolve.
func (c *Client) ResolvePaymentIntent(ctx context.Context, id string, body ResolvePaymentIntentRequest, options ...CallOption) (*ResolvedPaymentIntent, error) {
	return send[ResolvedPaymentIntent](ctx, c, request{method: http.MethodPost, path: "/v1/payment_intents/{id}/resolve", values: []string{id}, body: body}, options)
}

// ResolveRefund: decide by hand a refund that is unknown, or that failed and was paid back otherwise.
//
// This is POST /v1/refunds/{id}/resolve.
func (c *Client) ResolveRefund(ctx context.Context, id string, body ResolveRefundRequest, options ...CallOption) (*ResolvedRefund, error) {
	return send[ResolvedRefund](ctx, c, request{method: http.MethodPost, path: "/v1/refunds/{id}/resolve", values: []string{id}, body: body}, options)
}

// ListLatePaymentsParams narrows what ListLatePayments lists. What is zero is left out.
type ListLatePaymentsParams struct {
	// Only those in this status.
	Status LatePaymentStatus `json:"status"`
	// Only those about this payment intent.
	PaymentIntent string `json:"payment_intent"`
	// Only those of this provider.
	Provider string `json:"provider"`
	// RFC 3339 in UTC.
	CreatedGTE time.Time `json:"created_gte"`
	// RFC 3339 in UTC.
	CreatedLT time.Time `json:"created_lt"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListLatePaymentsParams) query() url.Values {
	query := url.Values{}
	if p.Status != "" {
		query.Set("status", string(p.Status))
	}
	if p.PaymentIntent != "" {
		query.Set("payment_intent", p.PaymentIntent)
	}
	if p.Provider != "" {
		query.Set("provider", p.Provider)
	}
	if !p.CreatedGTE.IsZero() {
		query.Set("created_gte", p.CreatedGTE.UTC().Format(time.RFC3339Nano))
	}
	if !p.CreatedLT.IsZero() {
		query.Set("created_lt", p.CreatedLT.UTC().Format(time.RFC3339Nano))
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListLatePayments: list late payments, newest first. This is one page; [Client.LatePayments] walks over all of them.
//
// This is GET /v1/late_payments.
func (c *Client) ListLatePayments(ctx context.Context, params ListLatePaymentsParams, options ...CallOption) (*Page[LatePayment], error) {
	return sendForPage[LatePayment](ctx, c, request{method: http.MethodGet, path: "/v1/late_payments", query: params.query()}, options)
}

// LatePayments walks over all that [Client.ListLatePayments] lists, page by page, asking for the next one when it is
// needed. After an error it ends.
func (c *Client) LatePayments(ctx context.Context, params ListLatePaymentsParams, options ...CallOption) iter.Seq2[*LatePayment, error] {
	return walk[LatePayment](ctx, c, request{method: http.MethodGet, path: "/v1/late_payments", query: params.query()}, options)
}

// RetrieveLatePayment: retrieve a late payment.
//
// This is GET /v1/late_payments/{id}.
func (c *Client) RetrieveLatePayment(ctx context.Context, id string, options ...CallOption) (*LatePayment, error) {
	return send[LatePayment](ctx, c, request{method: http.MethodGet, path: "/v1/late_payments/{id}", values: []string{id}}, options)
}

// ResolveLatePayment: give late money back, or keep it.
//
// This is POST /v1/late_payments/{id}/resolve.
func (c *Client) ResolveLatePayment(ctx context.Context, id string, body ResolveLatePaymentRequest, options ...CallOption) (*LatePayment, error) {
	return send[LatePayment](ctx, c, request{method: http.MethodPost, path: "/v1/late_payments/{id}/resolve", values: []string{id}, body: body}, options)
}

// ListSettlementsParams narrows what ListSettlements lists. What is zero is left out.
type ListSettlementsParams struct {
	// Only those of this merchant.
	MerchantID string `json:"merchant_id"`
	// Only those of this provider.
	Provider string `json:"provider"`
	// Only those in this status.
	Status SettlementStatus `json:"status"`
	// From this business day on, such as 2026-01-28.
	BusinessDateGTE string `json:"business_date_gte"`
	// Up to this business day, such as 2026-01-28.
	BusinessDateLTE string `json:"business_date_lte"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListSettlementsParams) query() url.Values {
	query := url.Values{}
	if p.MerchantID != "" {
		query.Set("merchant_id", p.MerchantID)
	}
	if p.Provider != "" {
		query.Set("provider", p.Provider)
	}
	if p.Status != "" {
		query.Set("status", string(p.Status))
	}
	if p.BusinessDateGTE != "" {
		query.Set("business_date_gte", p.BusinessDateGTE)
	}
	if p.BusinessDateLTE != "" {
		query.Set("business_date_lte", p.BusinessDateLTE)
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListSettlements: list settlements, newest first.
//
// Of a merchant’s day at a provider one is in force; those that were issued again stay in the list as `replaced`.
// This is one page; [Client.Settlements] walks over all of them.
//
// This is GET /v1/settlements.
func (c *Client) ListSettlements(ctx context.Context, params ListSettlementsParams, options ...CallOption) (*Page[Settlement], error) {
	return sendForPage[Settlement](ctx, c, request{method: http.MethodGet, path: "/v1/settlements", query: params.query()}, options)
}

// Settlements walks over all that [Client.ListSettlements] lists, page by page, asking for the next one when it is
// needed. After an error it ends.
func (c *Client) Settlements(ctx context.Context, params ListSettlementsParams, options ...CallOption) iter.Seq2[*Settlement, error] {
	return walk[Settlement](ctx, c, request{method: http.MethodGet, path: "/v1/settlements", query: params.query()}, options)
}

// RetrieveSettlement: retrieve a settlement.
//
// This is GET /v1/settlements/{id}.
func (c *Client) RetrieveSettlement(ctx context.Context, id string, options ...CallOption) (*Settlement, error) {
	return send[Settlement](ctx, c, request{method: http.MethodGet, path: "/v1/settlements/{id}", values: []string{id}}, options)
}

// ListReconciliationExceptionsParams narrows what ListReconciliationExceptions lists. What is zero is left out.
type ListReconciliationExceptionsParams struct {
	// Only those in this status.
	Status ExceptionStatus `json:"status"`
	// Only those of this kind.
	Kind ExceptionKind `json:"kind"`
	// Only those that were found there.
	Source ExceptionSource `json:"source"`
	// Only those of this settlement.
	Settlement string `json:"settlement"`
	// Only those of this order list.
	OrderList string `json:"order_list"`
	// Only those of this file.
	File string `json:"file"`
	// Only those of this merchant.
	MerchantID string `json:"merchant_id"`
	// Only those of this provider.
	Provider string `json:"provider"`
	// From this business day on, such as 2026-01-28.
	BusinessDateGTE string `json:"business_date_gte"`
	// Up to this business day, such as 2026-01-28.
	BusinessDateLTE string `json:"business_date_lte"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListReconciliationExceptionsParams) query() url.Values {
	query := url.Values{}
	if p.Status != "" {
		query.Set("status", string(p.Status))
	}
	if p.Kind != "" {
		query.Set("kind", string(p.Kind))
	}
	if p.Source != "" {
		query.Set("source", string(p.Source))
	}
	if p.Settlement != "" {
		query.Set("settlement", p.Settlement)
	}
	if p.OrderList != "" {
		query.Set("order_list", p.OrderList)
	}
	if p.File != "" {
		query.Set("file", p.File)
	}
	if p.MerchantID != "" {
		query.Set("merchant_id", p.MerchantID)
	}
	if p.Provider != "" {
		query.Set("provider", p.Provider)
	}
	if p.BusinessDateGTE != "" {
		query.Set("business_date_gte", p.BusinessDateGTE)
	}
	if p.BusinessDateLTE != "" {
		query.Set("business_date_lte", p.BusinessDateLTE)
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListReconciliationExceptions: list exceptions, newest first. This is one page; [Client.ReconciliationExceptions]
// walks over all of them.
//
// This is GET /v1/reconciliation_exceptions.
func (c *Client) ListReconciliationExceptions(ctx context.Context, params ListReconciliationExceptionsParams, options ...CallOption) (*Page[ReconciliationException], error) {
	return sendForPage[ReconciliationException](ctx, c, request{method: http.MethodGet, path: "/v1/reconciliation_exceptions", query: params.query()}, options)
}

// ReconciliationExceptions walks over all that [Client.ListReconciliationExceptions] lists, page by page, asking for
// the next one when it is needed. After an error it ends.
func (c *Client) ReconciliationExceptions(ctx context.Context, params ListReconciliationExceptionsParams, options ...CallOption) iter.Seq2[*ReconciliationException, error] {
	return walk[ReconciliationException](ctx, c, request{method: http.MethodGet, path: "/v1/reconciliation_exceptions", query: params.query()}, options)
}

// RetrieveReconciliationException: retrieve an exception.
//
// This is GET /v1/reconciliation_exceptions/{id}.
func (c *Client) RetrieveReconciliationException(ctx context.Context, id string, options ...CallOption) (*ReconciliationException, error) {
	return send[ReconciliationException](ctx, c, request{method: http.MethodGet, path: "/v1/reconciliation_exceptions/{id}", values: []string{id}}, options)
}

// ResolveReconciliationException: resolve an exception that a person has looked at.
//
// It changes no payment. With `adjustment_amount` the difference is booked on the day of the decision. When the last
// open exception of a settlement is resolved, the settlement is `reconciled`, and an event says so.
//
// This is POST /v1/reconciliation_exceptions/{id}/resolve.
func (c *Client) ResolveReconciliationException(ctx context.Context, id string, body ResolveReconciliationExceptionRequest, options ...CallOption) (*ReconciliationException, error) {
	return send[ReconciliationException](ctx, c, request{method: http.MethodPost, path: "/v1/reconciliation_exceptions/{id}/resolve", values: []string{id}, body: body}, options)
}

// RetrieveOrderList: retrieve an order list.
//
// This is GET /v1/order_lists/{id}.
func (c *Client) RetrieveOrderList(ctx context.Context, id string, options ...CallOption) (*OrderList, error) {
	return send[OrderList](ctx, c, request{method: http.MethodGet, path: "/v1/order_lists/{id}", values: []string{id}}, options)
}

// ListOrderListOrdersParams narrows what ListOrderListOrders lists. What is zero is left out.
type ListOrderListOrdersParams struct {
	// Only those of which this was found.
	Result OrderResult `json:"result"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListOrderListOrdersParams) query() url.Values {
	query := url.Values{}
	if p.Result != "" {
		query.Set("result", string(p.Result))
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListOrderListOrders: list the orders of an order list, with what was found of each.
//
// What the provider says is as of now: its file may come a day after the list. This is one page;
// [Client.OrderListOrders] walks over all of them.
//
// This is GET /v1/order_lists/{id}/orders.
func (c *Client) ListOrderListOrders(ctx context.Context, id string, params ListOrderListOrdersParams, options ...CallOption) (*Page[ListedOrder], error) {
	return sendForPage[ListedOrder](ctx, c, request{method: http.MethodGet, path: "/v1/order_lists/{id}/orders", values: []string{id}, query: params.query()}, options)
}

// OrderListOrders walks over all that [Client.ListOrderListOrders] lists, page by page, asking for the next one when
// it is needed. After an error it ends.
func (c *Client) OrderListOrders(ctx context.Context, id string, params ListOrderListOrdersParams, options ...CallOption) iter.Seq2[*ListedOrder, error] {
	return walk[ListedOrder](ctx, c, request{method: http.MethodGet, path: "/v1/order_lists/{id}/orders", values: []string{id}, query: params.query()}, options)
}

// ListBalancesParams narrows what ListBalances lists. What is zero is left out.
type ListBalancesParams struct {
	// Only those of this merchant.
	MerchantID string `json:"merchant_id"`
	// Only those of this store.
	MerchantStoreID string `json:"merchant_store_id"`
	// Only those of this provider.
	Provider string `json:"provider"`
	// From this business day on, such as 2026-01-28.
	BusinessDateGTE string `json:"business_date_gte"`
	// Up to this business day, such as 2026-01-28.
	BusinessDateLTE string `json:"business_date_lte"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// How many to pass over. Each costs as much as one that is shown: better follow the Link header.
	Offset int64 `json:"offset"`
}

func (p ListBalancesParams) query() url.Values {
	query := url.Values{}
	if p.MerchantID != "" {
		query.Set("merchant_id", p.MerchantID)
	}
	if p.MerchantStoreID != "" {
		query.Set("merchant_store_id", p.MerchantStoreID)
	}
	if p.Provider != "" {
		query.Set("provider", p.Provider)
	}
	if p.BusinessDateGTE != "" {
		query.Set("business_date_gte", p.BusinessDateGTE)
	}
	if p.BusinessDateLTE != "" {
		query.Set("business_date_lte", p.BusinessDateLTE)
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.Offset != 0 {
		query.Set("offset", strconv.FormatInt(p.Offset, 10))
	}
	return query
}

// ListBalances: list what business days came to, the latest first.
//
// Summed up from the books. A day that is over does not change any more: what is learnt later is of the day on which
// it is learnt. This is one page; [Client.Balances] walks over all of them.
//
// This is GET /v1/balances.
func (c *Client) ListBalances(ctx context.Context, params ListBalancesParams, options ...CallOption) (*Page[Balance], error) {
	return sendForPage[Balance](ctx, c, request{method: http.MethodGet, path: "/v1/balances", query: params.query()}, options)
}

// Balances walks over all that [Client.ListBalances] lists, page by page, asking for the next one when it is needed.
// After an error it ends.
func (c *Client) Balances(ctx context.Context, params ListBalancesParams, options ...CallOption) iter.Seq2[*Balance, error] {
	return walk[Balance](ctx, c, request{method: http.MethodGet, path: "/v1/balances", query: params.query()}, options)
}

// ListAuditLogParams narrows what ListAuditLog lists. What is zero is left out.
type ListAuditLogParams struct {
	// The id of what was changed: pi_…, lp_…, ak_…
	Object string `json:"object"`
	// Such as late_payment.resolved.
	Action string `json:"action"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListAuditLogParams) query() url.Values {
	query := url.Values{}
	if p.Object != "" {
		query.Set("object", p.Object)
	}
	if p.Action != "" {
		query.Set("action", p.Action)
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListAuditLog: list who changed what and why, newest first. This is one page; [Client.AuditLog] walks over all of
// them.
//
// This is GET /v1/audit_log.
func (c *Client) ListAuditLog(ctx context.Context, params ListAuditLogParams, options ...CallOption) (*Page[AuditEntry], error) {
	return sendForPage[AuditEntry](ctx, c, request{method: http.MethodGet, path: "/v1/audit_log", query: params.query()}, options)
}

// AuditLog walks over all that [Client.ListAuditLog] lists, page by page, asking for the next one when it is needed.
// After an error it ends.
func (c *Client) AuditLog(ctx context.Context, params ListAuditLogParams, options ...CallOption) iter.Seq2[*AuditEntry, error] {
	return walk[AuditEntry](ctx, c, request{method: http.MethodGet, path: "/v1/audit_log", query: params.query()}, options)
}

// RetrieveOrganization: retrieve the organization of the key.
//
// This is GET /v1/organization.
func (c *Client) RetrieveOrganization(ctx context.Context, options ...CallOption) (*Organization, error) {
	return send[Organization](ctx, c, request{method: http.MethodGet, path: "/v1/organization"}, options)
}

// UpdateOrganization: change settings; what is left out stays as it is.
//
// Settings hold for test and live payments alike: a test key changes them only while the organization has no live
// key.
//
// This is PATCH /v1/organization.
func (c *Client) UpdateOrganization(ctx context.Context, body UpdateOrganizationRequest, options ...CallOption) (*Organization, error) {
	return send[Organization](ctx, c, request{method: http.MethodPatch, path: "/v1/organization", body: body}, options)
}

// CreateAPIKey: create an API key; its secret is told only now.
//
// The answer holds the `secret_key`, which is told only now.
//
// This is POST /v1/api_keys.
func (c *Client) CreateAPIKey(ctx context.Context, body CreateAPIKeyRequest, options ...CallOption) (*APIKey, error) {
	return send[APIKey](ctx, c, request{method: http.MethodPost, path: "/v1/api_keys", body: body}, options)
}

// ListAPIKeysParams narrows what ListAPIKeys lists. What is zero is left out.
type ListAPIKeysParams struct {
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListAPIKeysParams) query() url.Values {
	query := url.Values{}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListAPIKeys: list API keys, newest first, with the revoked ones. This is one page; [Client.APIKeys] walks over all
// of them.
//
// This is GET /v1/api_keys.
func (c *Client) ListAPIKeys(ctx context.Context, params ListAPIKeysParams, options ...CallOption) (*Page[APIKey], error) {
	return sendForPage[APIKey](ctx, c, request{method: http.MethodGet, path: "/v1/api_keys", query: params.query()}, options)
}

// APIKeys walks over all that [Client.ListAPIKeys] lists, page by page, asking for the next one when it is needed.
// After an error it ends.
func (c *Client) APIKeys(ctx context.Context, params ListAPIKeysParams, options ...CallOption) iter.Seq2[*APIKey, error] {
	return walk[APIKey](ctx, c, request{method: http.MethodGet, path: "/v1/api_keys", query: params.query()}, options)
}

// RetrieveAPIKey: retrieve an API key.
//
// This is GET /v1/api_keys/{id}.
func (c *Client) RetrieveAPIKey(ctx context.Context, id string, options ...CallOption) (*APIKey, error) {
	return send[APIKey](ctx, c, request{method: http.MethodGet, path: "/v1/api_keys/{id}", values: []string{id}}, options)
}

// UpdateAPIKey: change an API key.
//
// This is PATCH /v1/api_keys/{id}.
func (c *Client) UpdateAPIKey(ctx context.Context, id string, body UpdateAPIKeyRequest, options ...CallOption) (*APIKey, error) {
	return send[APIKey](ctx, c, request{method: http.MethodPatch, path: "/v1/api_keys/{id}", values: []string{id}, body: body}, options)
}

// RollAPIKey: give an API key a new secret; the old one signs until the overlap is over.
//
// This is POST /v1/api_keys/{id}/roll.
func (c *Client) RollAPIKey(ctx context.Context, id string, body RollAPIKeyRequest, options ...CallOption) (*APIKey, error) {
	return send[APIKey](ctx, c, request{method: http.MethodPost, path: "/v1/api_keys/{id}/roll", values: []string{id}, body: body}, options)
}

// RevokeAPIKey: revoke an API key for good; it signs for a few seconds more at most.
//
// This is POST /v1/api_keys/{id}/revoke.
func (c *Client) RevokeAPIKey(ctx context.Context, id string, options ...CallOption) (*APIKey, error) {
	return send[APIKey](ctx, c, request{method: http.MethodPost, path: "/v1/api_keys/{id}/revoke", values: []string{id}, body: struct{}{}}, options)
}

// CreatePublishableKey: create a publishable key, up to 100 in each mode.
//
// This is POST /v1/publishable_keys.
func (c *Client) CreatePublishableKey(ctx context.Context, body CreatePublishableKeyRequest, options ...CallOption) (*PublishableKey, error) {
	return send[PublishableKey](ctx, c, request{method: http.MethodPost, path: "/v1/publishable_keys", body: body}, options)
}

// ListPublishableKeysParams narrows what ListPublishableKeys lists. What is zero is left out.
type ListPublishableKeysParams struct {
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListPublishableKeysParams) query() url.Values {
	query := url.Values{}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListPublishableKeys: list publishable keys, newest first, with the revoked ones. This is one page;
// [Client.PublishableKeys] walks over all of them.
//
// This is GET /v1/publishable_keys.
func (c *Client) ListPublishableKeys(ctx context.Context, params ListPublishableKeysParams, options ...CallOption) (*Page[PublishableKey], error) {
	return sendForPage[PublishableKey](ctx, c, request{method: http.MethodGet, path: "/v1/publishable_keys", query: params.query()}, options)
}

// PublishableKeys walks over all that [Client.ListPublishableKeys] lists, page by page, asking for the next one when
// it is needed. After an error it ends.
func (c *Client) PublishableKeys(ctx context.Context, params ListPublishableKeysParams, options ...CallOption) iter.Seq2[*PublishableKey, error] {
	return walk[PublishableKey](ctx, c, request{method: http.MethodGet, path: "/v1/publishable_keys", query: params.query()}, options)
}

// RetrievePublishableKey: retrieve a publishable key.
//
// This is GET /v1/publishable_keys/{id}.
func (c *Client) RetrievePublishableKey(ctx context.Context, id string, options ...CallOption) (*PublishableKey, error) {
	return send[PublishableKey](ctx, c, request{method: http.MethodGet, path: "/v1/publishable_keys/{id}", values: []string{id}}, options)
}

// UpdatePublishableKey: change a publishable key; its list of origins is replaced as a whole.
//
// This is PATCH /v1/publishable_keys/{id}.
func (c *Client) UpdatePublishableKey(ctx context.Context, id string, body UpdatePublishableKeyRequest, options ...CallOption) (*PublishableKey, error) {
	return send[PublishableKey](ctx, c, request{method: http.MethodPatch, path: "/v1/publishable_keys/{id}", values: []string{id}, body: body}, options)
}

// RevokePublishableKey: revoke a publishable key for good; pages that name it are refused within seconds.
//
// This is POST /v1/publishable_keys/{id}/revoke.
func (c *Client) RevokePublishableKey(ctx context.Context, id string, options ...CallOption) (*PublishableKey, error) {
	return send[PublishableKey](ctx, c, request{method: http.MethodPost, path: "/v1/publishable_keys/{id}/revoke", values: []string{id}, body: struct{}{}}, options)
}

// SaveAccountingExportConfig: say where a merchant’s accounting exports go; what is left out stays as it is.
//
// Test the connection afterwards, compare the host key that it shows with what the accounting system says of its
// server, and save it as `host_key`: nothing is sent before. The private key is never told again; `public_key` always
// is.
//
// This is PUT /v1/merchants/{id}/accounting_export.
func (c *Client) SaveAccountingExportConfig(ctx context.Context, id string, body SaveAccountingExportConfigRequest, options ...CallOption) (*AccountingExportConfig, error) {
	return send[AccountingExportConfig](ctx, c, request{method: http.MethodPut, path: "/v1/merchants/{id}/accounting_export", values: []string{id}, body: body}, options)
}

// RetrieveAccountingExportConfig: retrieve where a merchant’s accounting exports go.
//
// This is GET /v1/merchants/{id}/accounting_export.
func (c *Client) RetrieveAccountingExportConfig(ctx context.Context, id string, options ...CallOption) (*AccountingExportConfig, error) {
	return send[AccountingExportConfig](ctx, c, request{method: http.MethodGet, path: "/v1/merchants/{id}/accounting_export", values: []string{id}}, options)
}

// DeleteAccountingExportConfig: end a merchant’s accounting export; files that were made stay readable.
//
// This is DELETE /v1/merchants/{id}/accounting_export.
func (c *Client) DeleteAccountingExportConfig(ctx context.Context, id string, options ...CallOption) (*DeletedAccountingExportConfig, error) {
	return send[DeletedAccountingExportConfig](ctx, c, request{method: http.MethodDelete, path: "/v1/merchants/{id}/accounting_export", values: []string{id}}, options)
}

// TestAccountingExport: try the connection, and see the host key that the server shows.
//
// This is POST /v1/merchants/{id}/accounting_export/test.
func (c *Client) TestAccountingExport(ctx context.Context, id string, options ...CallOption) (*AccountingExportTest, error) {
	return send[AccountingExportTest](ctx, c, request{method: http.MethodPost, path: "/v1/merchants/{id}/accounting_export/test", values: []string{id}, body: struct{}{}}, options)
}

// ListAccountingExportsParams narrows what ListAccountingExports lists. What is zero is left out.
type ListAccountingExportsParams struct {
	// Only those of this merchant.
	MerchantID string `json:"merchant_id"`
	// Only those of this store.
	MerchantStoreID string `json:"merchant_store_id"`
	// Only those in this status.
	Status AccountingExportStatus `json:"status"`
	// Only files of this format.
	Format ExportFormat `json:"format"`
	// From this business day on, such as 2026-01-28.
	BusinessDateGTE string `json:"business_date_gte"`
	// Up to this business day, such as 2026-01-28.
	BusinessDateLTE string `json:"business_date_lte"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListAccountingExportsParams) query() url.Values {
	query := url.Values{}
	if p.MerchantID != "" {
		query.Set("merchant_id", p.MerchantID)
	}
	if p.MerchantStoreID != "" {
		query.Set("merchant_store_id", p.MerchantStoreID)
	}
	if p.Status != "" {
		query.Set("status", string(p.Status))
	}
	if p.Format != "" {
		query.Set("format", string(p.Format))
	}
	if p.BusinessDateGTE != "" {
		query.Set("business_date_gte", p.BusinessDateGTE)
	}
	if p.BusinessDateLTE != "" {
		query.Set("business_date_lte", p.BusinessDateLTE)
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListAccountingExports: list accounting exports, newest first. This is one page; [Client.AccountingExports] walks
// over all of them.
//
// This is GET /v1/accounting_exports.
func (c *Client) ListAccountingExports(ctx context.Context, params ListAccountingExportsParams, options ...CallOption) (*Page[AccountingExport], error) {
	return sendForPage[AccountingExport](ctx, c, request{method: http.MethodGet, path: "/v1/accounting_exports", query: params.query()}, options)
}

// AccountingExports walks over all that [Client.ListAccountingExports] lists, page by page, asking for the next one
// when it is needed. After an error it ends.
func (c *Client) AccountingExports(ctx context.Context, params ListAccountingExportsParams, options ...CallOption) iter.Seq2[*AccountingExport, error] {
	return walk[AccountingExport](ctx, c, request{method: http.MethodGet, path: "/v1/accounting_exports", query: params.query()}, options)
}

// RunAccountingExports: make the files of a business date, again or for the first time.
//
// Files are made from the books, so they are the same bytes again. A file that was given up begins anew with its
// first attempt. Refused while the business date is not over.
//
// This is POST /v1/accounting_exports.
func (c *Client) RunAccountingExports(ctx context.Context, body RunAccountingExportsRequest, options ...CallOption) ([]*AccountingExport, error) {
	return sendForList[AccountingExport](ctx, c, request{method: http.MethodPost, path: "/v1/accounting_exports", body: body}, options)
}

// RetrieveAccountingExport: retrieve an accounting export.
//
// This is GET /v1/accounting_exports/{id}.
func (c *Client) RetrieveAccountingExport(ctx context.Context, id string, options ...CallOption) (*AccountingExport, error) {
	return send[AccountingExport](ctx, c, request{method: http.MethodGet, path: "/v1/accounting_exports/{id}", values: []string{id}}, options)
}

// RetrieveAccountingExportFile: the bytes of an accounting export, as they were sent. The bytes are as they are,
// whatever the format.
//
// This is GET /v1/accounting_exports/{id}/file.
func (c *Client) RetrieveAccountingExportFile(ctx context.Context, id string, options ...CallOption) ([]byte, error) {
	return sendForFile(ctx, c, request{method: http.MethodGet, path: "/v1/accounting_exports/{id}/file", values: []string{id}, fileTypes: []string{"application/json", "application/xml", "text/csv"}}, options)
}

// SaveCardProcessorConnection: set the connection to the card processor.
//
// All of it is set: what is left out gets its default, apart from the password and the first day, which stay. From
// `starts_on` on each day is run at 02:00 in Japan of the day after; days that are over already are caught up.
//
// This is PUT /v1/card_processor_connection.
func (c *Client) SaveCardProcessorConnection(ctx context.Context, body SaveCardProcessorConnectionRequest, options ...CallOption) (*CardProcessorConnection, error) {
	return send[CardProcessorConnection](ctx, c, request{method: http.MethodPut, path: "/v1/card_processor_connection", body: body}, options)
}

// RetrieveCardProcessorConnection: retrieve the connection to the card processor, without its password.
//
// This is GET /v1/card_processor_connection.
func (c *Client) RetrieveCardProcessorConnection(ctx context.Context, options ...CallOption) (*CardProcessorConnection, error) {
	return send[CardProcessorConnection](ctx, c, request{method: http.MethodGet, path: "/v1/card_processor_connection"}, options)
}

// DeleteCardProcessorConnection: delete the connection to the card processor; the days that were are kept.
//
// This is DELETE /v1/card_processor_connection.
func (c *Client) DeleteCardProcessorConnection(ctx context.Context, options ...CallOption) (*DeletedCardProcessorConnection, error) {
	return send[DeletedCardProcessorConnection](ctx, c, request{method: http.MethodDelete, path: "/v1/card_processor_connection"}, options)
}

// TestCardProcessorConnection: log in at the card processor and look into both folders.
//
// Nothing is sent or fetched. What is wrong is told in the answer, which is 200 all the same.
//
// This is POST /v1/card_processor_connection/test.
func (c *Client) TestCardProcessorConnection(ctx context.Context, options ...CallOption) (*CardProcessorConnectionTest, error) {
	return send[CardProcessorConnectionTest](ctx, c, request{method: http.MethodPost, path: "/v1/card_processor_connection/test", body: struct{}{}}, options)
}

// ListCardBatchesParams narrows what ListCardBatches lists. What is zero is left out.
type ListCardBatchesParams struct {
	// What is done next. failed: a person is needed, and was told by mail.
	Step CardBatchStep `json:"step"`
	// A calendar day in Japan: 2026-01-28.
	BusinessDateGTE string `json:"business_date_gte"`
	// A calendar day in Japan: 2026-01-28.
	BusinessDateLTE string `json:"business_date_lte"`
	// 1 to 100, default 20.
	Limit int64 `json:"limit"`
	// The last id of the page before; the Link header holds it.
	StartingAfter string `json:"starting_after"`
}

func (p ListCardBatchesParams) query() url.Values {
	query := url.Values{}
	if p.Step != "" {
		query.Set("step", string(p.Step))
	}
	if p.BusinessDateGTE != "" {
		query.Set("business_date_gte", p.BusinessDateGTE)
	}
	if p.BusinessDateLTE != "" {
		query.Set("business_date_lte", p.BusinessDateLTE)
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.FormatInt(p.Limit, 10))
	}
	if p.StartingAfter != "" {
		query.Set("starting_after", p.StartingAfter)
	}
	return query
}

// ListCardBatches: list the days of the exchange with the card processor, newest first. This is one page;
// [Client.CardBatches] walks over all of them.
//
// This is GET /v1/card_batches.
func (c *Client) ListCardBatches(ctx context.Context, params ListCardBatchesParams, options ...CallOption) (*Page[CardBatch], error) {
	return sendForPage[CardBatch](ctx, c, request{method: http.MethodGet, path: "/v1/card_batches", query: params.query()}, options)
}

// CardBatches walks over all that [Client.ListCardBatches] lists, page by page, asking for the next one when it is
// needed. After an error it ends.
func (c *Client) CardBatches(ctx context.Context, params ListCardBatchesParams, options ...CallOption) iter.Seq2[*CardBatch, error] {
	return walk[CardBatch](ctx, c, request{method: http.MethodGet, path: "/v1/card_batches", query: params.query()}, options)
}

// RunCardBatch: run a day that is over once more; a worker does it at once.
//
// A worker goes on where the day stands: what was sent is not sent again, the settlement file is fetched again.
// Another file than before takes its place.
//
// This is POST /v1/card_batches.
func (c *Client) RunCardBatch(ctx context.Context, body RunCardBatchRequest, options ...CallOption) (*CardBatch, error) {
	return send[CardBatch](ctx, c, request{method: http.MethodPost, path: "/v1/card_batches", body: body}, options)
}

// RetrieveCardBatch: retrieve a day of the exchange with the card processor.
//
// This is GET /v1/card_batches/{id}.
func (c *Client) RetrieveCardBatch(ctx context.Context, id string, options ...CallOption) (*CardBatch, error) {
	return send[CardBatch](ctx, c, request{method: http.MethodGet, path: "/v1/card_batches/{id}", values: []string{id}}, options)
}

// SyncMerchantsResult: make or change merchants and stores, up to 10000 stores in a call.
//
// What is named is made or changed, all of it or nothing. What is not named stays as it is. Credentials are sealed
// and never told again.
//
// This is POST /v1/sync/merchants.
func (c *Client) SyncMerchantsResult(ctx context.Context, body SyncMerchantsRequest, options ...CallOption) (*SyncMerchantsResult, error) {
	return send[SyncMerchantsResult](ctx, c, request{method: http.MethodPost, path: "/v1/sync/merchants", body: body}, options)
}

// CreateOrderList: hold a store’s own list of a day against the gateway, up to 10000 orders.
//
// Compared with what the gateway wrote down on that business day; what differs becomes exceptions. The same list
// again, of which the same is found, changes nothing and answers 200; any other takes the place of the one before,
// and what a person resolved in that stays resolved.
//
// This is POST /v1/order_lists.
func (c *Client) CreateOrderList(ctx context.Context, body CreateOrderListRequest, options ...CallOption) (*OrderList, error) {
	return send[OrderList](ctx, c, request{method: http.MethodPost, path: "/v1/order_lists", body: body}, options)
}

// SupplySettlementFile: supply by hand the settlement file of a day.
//
// Read as the processor’s own file is, and marked as supplied by hand. A file that cannot be right is refused as a
// whole, by line and column. The same bytes again change nothing; others take the place of those before.
//
// This is POST /v1/card_batches/{id}/settlement_file.
func (c *Client) SupplySettlementFile(ctx context.Context, id string, body SupplySettlementFileRequest, options ...CallOption) (*CardBatch, error) {
	return send[CardBatch](ctx, c, request{method: http.MethodPost, path: "/v1/card_batches/{id}/settlement_file", values: []string{id}, body: body}, options)
}

// RetrieveHealth: whether the gateway is alive.
//
// This is GET /health.
func (c *Client) RetrieveHealth(ctx context.Context, options ...CallOption) (*Health, error) {
	return send[Health](ctx, c, request{method: http.MethodGet, path: "/health"}, options)
}

// RetrieveReadiness: whether the gateway can take payments, and what is missing if it cannot. Both are answers, so
// read Status.
//
// This is GET /ready.
func (c *Client) RetrieveReadiness(ctx context.Context, options ...CallOption) (*Readiness, error) {
	return send[Readiness](ctx, c, request{method: http.MethodGet, path: "/ready", alsoAnswers: 503}, options)
}
