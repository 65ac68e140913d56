// Cash under the provider contract.
import type { ContractFixture } from '../contract-fixture.ts';
import { cash } from './cash.ts';

export const fixture: ContractFixture = {
  kind: 'recorded',
  provider: cash,
  attempts: [{ payment_method_type: 'cash', provider: 'CASH' }],
  reports: [],
};
