// What a watched payment says no to by itself, and the gateway's answers that are no answers to what it asked.
import { type MPACError, makeError } from './errors.ts';

/** To another confirm while one lasts. */
export function paymentUnderWay(): MPACError {
  return makeError('invalid_payment_state', {
    message: 'A payment is under way. Wait for its end, or cancel it, before it is paid in another way.',
    code: 'payment_under_way',
  });
}

/** To a launch after the end. The gateway would refuse its confirm, but nobody would call the card app back. */
export function notLaunched(): MPACError {
  return makeError('invalid_payment_state', {
    message: 'This payment has ended, or is not watched any more. The card app was not opened.',
    code: 'not_launched',
  });
}

/** To a confirm that was to be sent again. */
export function tokenReplaced(): MPACError {
  return makeError('invalid_token', {
    message: 'The payment token was replaced before the confirm was answered.',
  });
}

/** A refusal to look that is the gateway's own, and not of something between. */
export function isRefusedToLook({ status = 0, request_id }: MPACError): boolean {
  return [401, 403, 404].includes(status) && request_id !== undefined;
}
