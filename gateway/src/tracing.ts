// Traces, for who asks for them. The libraries are loaded only then, and a span is handed down explicitly with the
// context of a request or job, so that without traces nothing is paid for them, and with them no promise is watched.
// A span carries names, ids and outcomes: never a body, a query or a secret.

export type SpanFacts = Record<string, string | number | boolean>;

export interface Span {
  readonly trace_id: string;
  child(name: string, facts?: SpanFacts): Span;
  /** Once. A span that is never ended is never sent. */
  end(facts?: SpanFacts): void;
  /** Ends it, too, and says in a word what was wrong. */
  fail(reason: string, facts?: SpanFacts): void;
}

export interface Tracing {
  /** `traceparent` is what a caller sent, believed only in its exact form. */
  start(name: string, facts?: SpanFacts, traceparent?: unknown): Span;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** What a context has of tracing: nothing, or a beginning, or a parent. */
interface Traced {
  tracing?: Tracing;
  span?: Span;
}

export function startSpan(context: Traced, name: string, facts?: SpanFacts): Span | undefined {
  return context.span?.child(name, facts) ?? context.tracing?.start(name, facts);
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

export async function openTracing(url: string): Promise<Tracing> {
  const [api, sdk, otlp, resources] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const provider = new sdk.NodeTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': 'mpac-pgw' }),
    spanProcessors: [new sdk.BatchSpanProcessor(new otlp.OTLPTraceExporter({ url }))],
  });
  const tracer = provider.getTracer('mpac-pgw');

  function readParent(traceparent: unknown) {
    const [, traceId, spanId, flags] = TRACEPARENT.exec(String(traceparent)) ?? [];
    if (traceId === undefined || spanId === undefined) return api.ROOT_CONTEXT;
    const remote = { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16), isRemote: true };
    return api.isSpanContextValid(remote)
      ? api.trace.setSpanContext(api.ROOT_CONTEXT, remote)
      : api.ROOT_CONTEXT;
  }

  function begin(name: string, attributes: SpanFacts, parent: typeof api.ROOT_CONTEXT): Span {
    const span = tracer.startSpan(name, { attributes }, parent);
    return {
      trace_id: span.spanContext().traceId,
      child: (child_name, facts = {}) => begin(child_name, facts, api.trace.setSpan(api.ROOT_CONTEXT, span)),
      end(facts = {}) {
        span.setAttributes(facts).end();
      },
      fail(reason, facts = {}) {
        span.setAttributes(facts).setStatus({ code: api.SpanStatusCode.ERROR, message: reason }).end();
      },
    };
  }

  return {
    start: (name, facts = {}, traceparent) => begin(name, facts, readParent(traceparent)),
    close: () => provider.shutdown(),
  };
}
