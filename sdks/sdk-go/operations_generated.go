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

// SyncMerchantsResult: make or change merchants and stores, up to 10000 stores in a call.
//
// What is named is made or changed, all of it or nothing. What is not named stays as it is. Credentials are sealed
// and never told again.
//
// This is POST /v1/sync/merchants.
func (c *Client) SyncMerchantsResult(ctx context.Context, body SyncMerchantsRequest, options ...CallOption) (*SyncMerchantsResult, error) {
	return send[SyncMerchantsResult](ctx, c, request{method: http.MethodPost, path: "/v1/sync/merchants", body: body}, options)
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
