// The card processor among the other simulators: the control routes by which a terminal's stand-in has payments
// authorised and a developer makes settlements go wrong, and a page that shows what the processor knows.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { ProviderSimulator } from '../providers/simulator-contract.ts';
import { escapeHtml, sendPage } from '../providers/simulator-page.ts';
import type { CardProcessor } from './card-processor.ts';
import { SETTLEMENT_FAULTS, type SettlementFault } from './card-processor-files.ts';

const MOUNT = '/sp-net';
const CODE = '^[0-9A-Za-z-]{1,64}$';
const DATE = '^\\d{4}-\\d\\d-\\d\\d$';
const FAULT_NAMES = Object.keys(SETTLEMENT_FAULTS) as SettlementFault[];
const FaultWord = Type.Union(FAULT_NAMES.map((name) => Type.Literal(name)));

const AuthorizationsBody = Type.Object(
  {
    authorizations: Type.Array(
      Type.Object(
        {
          merchant_number: Type.String({ pattern: CODE }),
          amount: Type.Integer({ minimum: 1 }),
          approval_code: Type.String({ pattern: CODE }),
          status: Type.Optional(Type.Union([Type.Literal('APPROVED'), Type.Literal('DECLINED')])),
          /** Absent: now. */
          at: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z$' })),
        },
        { additionalProperties: false },
      ),
      { maxItems: 10_000 },
    ),
  },
  { additionalProperties: false },
);
const FaultsBody = Type.Object(
  { faults: Type.Array(Type.Union([FaultWord, Type.Literal('late')]), { maxItems: 100 }) },
  { additionalProperties: false },
);
const SettlementBody = Type.Object(
  { date: Type.String({ pattern: DATE }), fault: Type.Optional(FaultWord) },
  { additionalProperties: false },
);

export function makeCardProcessorSimulator(processor: CardProcessor): ProviderSimulator {
  return {
    name: 'sp-net',
    title: 'Card processor',
    about: 'Takes the day’s card transactions by FTP and answers with its settlement.',
    mount: MOUNT,
    endpoints: [],
    faults: [],
    settings: Type.Object({}, { additionalProperties: false }),
    register: (app, { now }) => registerRoutes(app, processor, now),
  };
}

function registerRoutes(app: FastifyInstance, processor: CardProcessor, now: () => number): void {
  const books = () => ({
    days: processor.listDays(),
    uploads: processor.listUploads(),
    faults: processor.listFaults(),
    known_faults: { ...SETTLEMENT_FAULTS, late: 'The settlement is not laid down by itself' },
  });

  app.get(MOUNT, (_request, reply) => sendPage(reply, makePage(processor)));
  app.get(`${MOUNT}/control`, books);

  app.post<{ Body: Static<typeof AuthorizationsBody> }>(
    `${MOUNT}/control/authorizations`,
    // A month of a busy chain comes in one call.
    { schema: { body: AuthorizationsBody }, bodyLimit: 4 * 1_024 * 1_024 },
    (request, reply) => {
      const { authorizations } = request.body;
      const unclear = authorizations.findIndex(({ at }) => at !== undefined && Number.isNaN(Date.parse(at)));
      if (unclear >= 0) {
        const field = `authorizations[${unclear}].at`;
        return reply.code(400).send({ error: { message: `${field} is no time.`, field } });
      }
      for (const { status = 'APPROVED', at = new Date(now()).toISOString(), ...known } of authorizations)
        processor.authorize({ ...known, status, at });
      return reply.code(201).send({ authorizations_count: authorizations.length });
    },
  );

  app.put<{ Body: Static<typeof FaultsBody> }>(
    `${MOUNT}/control/settlement_faults`,
    { schema: { body: FaultsBody } },
    (request) => {
      processor.setFaults(request.body.faults);
      return books();
    },
  );

  app.post<{ Body: Static<typeof SettlementBody> }>(
    `${MOUNT}/control/settlements`,
    { schema: { body: SettlementBody } },
    async (request, reply) => {
      const { date, fault } = request.body;
      return reply.code(201).send({ file_name: await processor.settle(date, fault) });
    },
  );

  app.post(`${MOUNT}/control/reset`, () => {
    processor.reset();
    return books();
  });
}

function makePage(processor: CardProcessor) {
  const yen = (amount: number) => `¥${amount.toLocaleString('en-US')}`;
  const days = processor
    .listDays()
    .toReversed()
    .map(({ date, merchants, authorizations_count }) => {
      const rows = merchants.map(
        ({ merchant_number, transaction_count, gross_amount }) =>
          `<tr><td>${escapeHtml(merchant_number)}</td><td>${transaction_count}</td><td>${yen(gross_amount)}</td></tr>`,
      );
      return `<section><h2>${date}</h2><p>Terminals asked for ${authorizations_count} payments.</p>
<table><tr><th>Merchant</th><th>Approved</th><th>Gross</th></tr>${rows.join('')}</table></section>`;
    });
  const uploads = processor.listUploads().map((upload) => {
    const { file_name, transactions_count, matched_count, problems, settlement_file_name } = upload;
    const wrong = problems.map(({ line, message }) => `<li>Line ${line}: ${escapeHtml(message)}</li>`);
    return `<li><strong>${escapeHtml(file_name)}</strong>: ${transactions_count} transactions, ${matched_count} approved ones
known here; ${settlement_file_name === null ? 'not settled yet' : escapeHtml(settlement_file_name)}<ul>${wrong.join('')}</ul></li>`;
  });
  const faults = processor.listFaults();
  return {
    title: 'Card processor',
    style: STYLE,
    body: `<main class="processor">
<h1>Card processor</h1>
<p>What terminals asked for, and the files that came for it. <a href="/">All simulators</a></p>
<section><h2>Uploads</h2>
<ul>${uploads.join('\n') || '<li>None yet. They come at 02:00 in Japan.</li>'}</ul>
<p>${faults.length === 0 ? 'The next settlement will be right.' : `What will be wrong with the next settlements: ${faults.join(', ')}.`}</p></section>
${days.join('\n')}
</main>`,
  };
}

const STYLE = `
.processor { max-width: 720px; margin: 0 auto; padding: 32px 20px; display: grid; gap: 20px; }
.processor section { padding: 18px 20px; border-radius: 16px; background: var(--card); box-shadow: var(--shade); min-width: 0; display: grid; gap: 8px; }
.processor p { color: var(--soft); }
.processor ul { margin: 0; padding-left: 20px; overflow-wrap: anywhere; }
.processor table { border-collapse: collapse; }
.processor th, .processor td { text-align: left; padding: 4px 24px 4px 0; font-variant-numeric: tabular-nums; }
`;
