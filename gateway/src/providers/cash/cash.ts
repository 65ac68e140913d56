// Cash: a person took the money and says so. Nobody is asked; the assertion is recorded.
import { defineProvider, recordAsserted } from '../provider.ts';

export const cash = defineProvider({
  name: 'CASH',
  processing_mode: 'manual',
  payment_method_types: ['cash'],
  // With manual capture the confirm only announces the cash, and the capture says that it was taken.
  can_authorize: true,
  credentials: null,
  complete_credentials: null,
  record: recordAsserted,
});
