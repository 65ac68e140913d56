// What the payment page says, in the two languages that Plutu's `lang` knows.

export interface CheckoutWords {
  pay: string;
  to: string;
  invoice: string;
  choose: string;
  cards: { approve: string; decline: string; three_ds: string };
  cancel: string;
  declined: string;
  valid_for: string;
  bank_title: string;
  bank_text: string;
  code: string;
  wrong_code: string;
  confirm: string;
  refuse: string;
  back: string;
  endings: Record<
    'approved' | 'canceled' | 'declined' | 'expired' | 'unknown',
    { title: string; text: string }
  >;
  foot: string;
  control: string;
}

export const CHECKOUT_WORDS: Record<'en' | 'ar', CheckoutWords> = {
  en: {
    pay: 'Pay',
    to: 'to',
    invoice: 'Invoice',
    choose: 'Choose a test card',
    cards: { approve: 'is approved', decline: 'is declined', three_ds: 'asks the bank first (3-D Secure)' },
    cancel: 'Cancel and go back',
    declined: 'This card was declined. Nothing was taken. Try another one.',
    valid_for: 'Valid for {time}',
    bank_title: 'Your bank asks',
    bank_text: 'Enter the code that your bank has sent you. In this simulator it is 1234.',
    code: 'Code',
    wrong_code: 'This is not the code.',
    confirm: 'Confirm',
    refuse: 'I do not recognise this payment',
    back: 'Back to the shop',
    endings: {
      approved: { title: 'Paid', text: 'Thank you. We are taking you back to the shop.' },
      canceled: { title: 'Cancelled', text: 'Nothing was taken. We are taking you back to the shop.' },
      declined: { title: 'Declined', text: 'Nothing was taken. We are taking you back to the shop.' },
      expired: {
        title: 'No longer valid',
        text: 'This page has expired. Go back to the shop and begin again.',
      },
      unknown: { title: 'Unknown page', text: 'No payment belongs to this address.' },
    },
    foot: 'Plutu simulator · no real money moves',
    control: 'Control page',
  },
  ar: {
    pay: 'ادفع',
    to: 'إلى',
    invoice: 'فاتورة',
    choose: 'اختر بطاقة تجريبية',
    cards: { approve: 'تُقبل', decline: 'تُرفض', three_ds: 'تطلب تأكيد المصرف أولاً <bdi>(3-D Secure)</bdi>' },
    cancel: 'إلغاء والعودة',
    declined: 'رُفضت هذه البطاقة ولم يُخصم أي مبلغ. جرّب بطاقة أخرى.',
    valid_for: 'صالحة لمدة {time}',
    bank_title: 'تأكيد من مصرفك',
    bank_text: 'أدخل الرمز الذي أرسله إليك مصرفك. في هذا المحاكي هو 1234.',
    code: 'الرمز',
    wrong_code: 'هذا الرمز غير صحيح.',
    confirm: 'تأكيد',
    refuse: 'لا أعرف هذه العملية',
    back: 'العودة إلى المتجر',
    endings: {
      approved: { title: 'تم الدفع', text: 'شكراً لك. نعيدك الآن إلى المتجر.' },
      canceled: { title: 'أُلغيت العملية', text: 'لم يُخصم أي مبلغ. نعيدك الآن إلى المتجر.' },
      declined: { title: 'رُفضت العملية', text: 'لم يُخصم أي مبلغ. نعيدك الآن إلى المتجر.' },
      expired: { title: 'لم تعد صالحة', text: 'انتهت صلاحية هذه الصفحة. عُد إلى المتجر وابدأ من جديد.' },
      unknown: { title: 'صفحة غير معروفة', text: 'لا توجد عملية دفع بهذا العنوان.' },
    },
    foot: 'محاكي Plutu · لا تتحرك أموال حقيقية',
    control: 'صفحة التحكم',
  },
};

/** Printed on the test cards; a card number cannot be typed anywhere, so nobody types a real one. */
export const TEST_CARDS = [
  { card: 'approve', number: '5123 45•• •••• 0008' },
  { card: 'decline', number: '5111 11•• •••• 1118' },
  { card: 'three_ds', number: '5506 90•• •••• 0305' },
] as const;

export const BANK_CODE = '1234';
