// What a command line tells the simulators to start with, turned into what the server takes. A word may begin with the
// name of a simulator and a point; without it, it is for every simulator of those that start that knows it.
import type { TObject } from 'typebox';
import { Value } from 'typebox/value';
import type { ProviderSimulator } from '../providers/simulator-contract.ts';
import { readFaultWords } from '../providers/simulator-fault-words.ts';
import { createFaultDial, type FaultRequest } from '../providers/simulator-faults.ts';

type Refusal = { ok: false; message: string };

/** `slow:ms=3000,paypay.hang:create_code` → the faults of each simulator. */
export function readFaultOption(
  line: string,
  simulators: readonly ProviderSimulator[],
): { ok: true; faults: Record<string, FaultRequest[]> } | Refusal {
  const read = readFaultWords(line);
  if (!read.ok) return read;
  const faults: Record<string, FaultRequest[]> = {};
  for (const { piece, simulator, request } of read.faults) {
    const meant = findMeant(simulators, simulator);
    if (meant.length === 0) return noSuchSimulator(piece, simulator, simulators);
    // Tried out on a dial of its own, so that it is refused here with the words of the dial.
    const tried = meant.map((one) => ({ one, added: createFaultDial({ seed: 0, ...one }).add(request) }));
    const taking = tried.filter(({ added }) => added.ok);
    const refused = tried.find(({ added }) => !added.ok)?.added;
    if (taking.length === 0)
      return { ok: false, message: `'${piece}': ${refused?.ok === false && refused.message}` };
    for (const { one } of taking) faults[one.name] = [...(faults[one.name] ?? []), request];
  }
  return { ok: true, faults };
}

/** `qr_lifetime_seconds=60`, `plutu.callback_order=after` → the settings of each simulator. */
export function readSettingOptions(
  words: readonly string[],
  simulators: readonly ProviderSimulator[],
): { ok: true; settings: Record<string, Record<string, unknown>> } | Refusal {
  const settings: Record<string, Record<string, unknown>> = {};
  for (const word of words) {
    const [, simulator = null, name = '', text = ''] = /^(?:([a-z_-]+)\.)?([a-z_]+)=(.*)$/s.exec(word) ?? [];
    if (name === '') return { ok: false, message: `'${word}': write name=value.` };
    const meant = findMeant(simulators, simulator);
    if (meant.length === 0) return noSuchSimulator(word, simulator, simulators);
    const knowing = meant.filter((one) => name in one.settings.properties);
    if (knowing.length === 0) {
      const known = meant.flatMap((one) => Object.keys(one.settings.properties)).join(', ');
      return { ok: false, message: `'${word}': there is no setting '${name}'. Known: ${known}.` };
    }
    for (const one of knowing) {
      const read = readSetting(one.settings, name, text);
      if (!read.ok) return { ok: false, message: `'${word}': ${name} ${read.message}.` };
      settings[one.name] = { ...settings[one.name], [name]: read.value };
    }
  }
  return { ok: true, settings };
}

/** As text where a text is taken; else as a number, true, false or null. */
function readSetting(schema: TObject, name: string, text: string): { ok: true; value: unknown } | Refusal {
  if (Value.Check(schema, { [name]: text })) return { ok: true, value: text };
  const value = /^(-?\d+(\.\d+)?|true|false|null)$/.test(text) ? (JSON.parse(text) as unknown) : text;
  if (Value.Check(schema, { [name]: value })) return { ok: true, value };
  const choices = (schema.properties[name] as { anyOf?: { const?: string }[] }).anyOf ?? [];
  const named = choices.flatMap((choice) => choice.const ?? []);
  if (named.length > 0) return { ok: false, message: `must be one of ${named.join(', ')}` };
  const [problem] = Value.Errors(schema, { [name]: value });
  return { ok: false, message: problem?.message ?? 'is not valid' };
}

function findMeant(
  simulators: readonly ProviderSimulator[],
  name: string | null,
): readonly ProviderSimulator[] {
  return name === null ? simulators : simulators.filter((one) => one.name === name);
}

function noSuchSimulator(
  word: string,
  name: string | null,
  simulators: readonly ProviderSimulator[],
): Refusal {
  const known = simulators.map((one) => one.name).join(', ');
  return { ok: false, message: `'${word}': '${name}' does not start here. Known: ${known}.` };
}
