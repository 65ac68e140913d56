// The external terminal under the provider contract.
import type { ContractFixture } from '../contract-fixture.ts';
import { terminal } from './terminal.ts';

export const fixture: ContractFixture = {
  kind: 'recorded',
  provider: terminal,
  attempts: [
    { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: 'A12345' },
    { payment_method_type: 'e_money', provider: 'SUICA', external_ref_id: 'JE00001' },
  ],
  reports: [
    { report: { status: 'success', reason: null, amount: null, currency: null }, says: 'paid' },
    { report: { status: 'success', reason: null, amount: 1_250, currency: 'JPY' }, says: 'paid' },
    { report: { status: 'success', reason: null, amount: 1_249, currency: 'JPY' }, says: 'paid' },
    {
      report: { status: 'declined', reason: 'Insufficient funds', amount: null, currency: null },
      says: 'declined',
    },
    { report: { status: 'declined', reason: null, amount: null, currency: null }, says: 'declined' },
    {
      report: { status: 'error', reason: 'Card removed', amount: null, currency: null },
      says: 'ended_unpaid',
    },
  ],
};
