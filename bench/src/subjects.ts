// What is measured: the floor, and three lives of a payment at the gateway. Each says how it is confirmed, and
// what must stand in the database for every payment that was acknowledged.
export interface Subject {
  name: SubjectName;
  title: string;
  server: 'floor' | 'gateway';
  payment_method_type: string;
  /** What the terminal sends after the backend has created; null when creating is all. */
  confirm: { payment_method_type: string; provider?: string } | null;
  /** The status in which the answers leave the intent. */
  answered_status: string;
  /** The status that ends the payment; when it is another one than the last answer's, it is waited for. */
  final_status: string;
}

export type SubjectName = 'floor' | 'create' | 'cash' | 'qr';

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'floor',
    title: 'floor',
    server: 'floor',
    payment_method_type: 'cash',
    confirm: null,
    answered_status: 'requires_payment_method',
    final_status: 'requires_payment_method',
  },
  {
    name: 'create',
    title: 'create',
    server: 'gateway',
    payment_method_type: 'cash',
    confirm: null,
    answered_status: 'requires_payment_method',
    final_status: 'requires_payment_method',
  },
  {
    name: 'cash',
    title: 'create + cash confirm',
    server: 'gateway',
    payment_method_type: 'cash',
    confirm: { payment_method_type: 'cash' },
    answered_status: 'succeeded',
    final_status: 'succeeded',
  },
  {
    name: 'qr',
    title: 'create + QR + notification',
    server: 'gateway',
    payment_method_type: 'qr_mpm',
    confirm: { payment_method_type: 'qr_mpm', provider: 'PAYPAY' },
    answered_status: 'requires_action',
    final_status: 'succeeded',
  },
];

/** Each subject has a store of its own, so that its rows can be told from the others'. */
export function storeOf(subject: Subject): string {
  return `store_${subject.name}`;
}
