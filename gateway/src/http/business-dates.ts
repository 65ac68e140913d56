// How a business date stands in a query: as a day of the calendar, refused by name where there is none.
import Type from 'typebox';
import { isBusinessDate } from '../domain/business-date.ts';
import { GatewayError } from '../domain/error.ts';

const pattern = '^\\d{4}-\\d\\d-\\d\\d$';

/** A day as a text in JSON or in a query. */
export const BusinessDate = Type.String({ pattern });

/** The same, with words of its own in the document. */
export const businessDate = (description: string) => Type.String({ pattern, description });

/** A day, or null when none is given. */
export function readBusinessDate(field: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (isBusinessDate(text)) return text;
  throw new GatewayError('invalid_request', `${field} must be a day of the calendar such as 2026-01-28.`, {
    field,
    constraint: 'format',
  });
}
