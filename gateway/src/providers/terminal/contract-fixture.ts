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
};
