// From schemas to TypeScript. What is sent has exact types, so that a misspelt field is found by the compiler. What is
// received is open: a status or type that comes next year is a text like any other, and breaks nobody.
import type { Parameter, Schema } from './openapi-document.ts';
import { nameOf } from './openapi-document.ts';

/** Which way a value travels decides how strict its type is. */
export type Direction = 'sent' | 'received';

export function documentation(words: string | undefined, indent = ''): string {
  if (words === undefined || words === '') return '';
  const lines = words
    .replaceAll('*/', '* /')
    .split('\n')
    .flatMap((line) => fold(line, 104 - indent.length));
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

/** Breaks a line at spaces. */
function fold(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

export function typeOf(schema: Schema, direction: Direction, name = ''): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return enumOf(schema.enum, direction, name);
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map((one) => typeOf(one, direction)).join(' | ');
  }
  switch (schema.type) {
    case 'string':
      return schema.format === 'binary' ? 'Uint8Array' : 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array': {
      if (schema.items === undefined) throw new Error(`The array ${name} does not say of what.`);
      const item = typeOf(schema.items, direction, name);
      // Who sends a list keeps it, so it may be one that nobody can change.
      if (/[|&]/.test(item)) return `${direction === 'sent' ? 'ReadonlyArray' : 'Array'}<${item}>`;
      return `${direction === 'sent' ? 'readonly ' : ''}${item}[]`;
    }
    case 'object':
      return objectOf(schema, direction);
    default:
      throw new Error(`The generator does not understand ${name}: ${JSON.stringify(schema)}`);
  }
}

function enumOf(values: (string | boolean)[], direction: Direction, name: string): string {
  const literals = values.map((value) => JSON.stringify(value)).join(' | ');
  // `object` says of what kind a resource is, and a boolean has no third value: these stay as they are.
  const stays = name === 'object' || values.every((value) => typeof value === 'boolean');
  return direction === 'sent' || stays ? literals : `${literals} | (string & {})`;
}

function objectOf(schema: Schema, direction: Direction): string {
  const properties = Object.entries(schema.properties ?? {});
  const rest = schema.additionalProperties;
  const values =
    rest === undefined || rest === false
      ? null
      : rest === true || Object.keys(rest).length === 0
        ? 'unknown'
        : typeOf(rest, direction);
  if (properties.length === 0) return values === null ? 'Record<string, never>' : `Record<string, ${values}>`;
  if (values !== null) throw new Error('An object with known and unknown fields needs a rule here.');
  return `{\n${fieldsOf(schema, direction)}}`;
}

export function fieldsOf(schema: Schema, direction: Direction): string {
  return Object.entries(schema.properties ?? {})
    .map(([name, property]) => {
      const is_required = schema.required?.includes(name) ?? false;
      return field(name, typeOf(property, direction, name), is_required, direction, property.description);
    })
    .join('');
}

function field(
  name: string,
  type: string,
  is_required: boolean,
  direction: Direction,
  words?: string,
): string {
  // Leaving a field out and giving it as undefined are the same request.
  const optional = direction === 'sent' ? ' | undefined' : '';
  return `${documentation(words, '  ')}  ${name}${is_required ? '' : '?'}: ${type}${is_required ? '' : optional};\n`;
}

/** A query is text on the wire; in code a count is a number, and a time may be a Date. */
export function queryFieldsOf(parameters: Parameter[]): string {
  return parameters
    .map(({ name, schema, required, description }) =>
      field(name, parameterType(schema, name), required ?? false, 'sent', description),
    )
    .join('');
}

export function parameterType(schema: Schema, name: string): string {
  if (schema.format === 'date-time') return 'string | Date';
  const { pattern } = schema;
  const is_number = pattern !== undefined && new RegExp(pattern).test('7') && !new RegExp(pattern).test('a');
  return is_number ? 'number' : typeOf(schema, 'sent', name);
}

export function declare(name: string, schema: Schema, direction: Direction): string {
  const words = documentation(schema.description);
  if (schema.type !== 'object' || Object.keys(schema.properties ?? {}).length === 0) {
    return `${words}export type ${name} = ${typeOf(schema, direction)};\n`;
  }
  return `${words}export interface ${name} {\n${fieldsOf(schema, direction)}}\n`;
}
