// A name server on loopback that says what a test wants, or nothing at all: real packets for a real resolver.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import type { Scope } from './process.ts';

const A = 1;
const AAAA = 28;

/** The addresses of a name at its next question; null keeps silent. */
export type Answers = (name: string) => string[] | null;

export async function startDnsServer(t: Scope, answers: Answers) {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    const { name, type, end } = readQuestion(question);
    if (type === A) asked.push(name);
    const found = answers(name);
    if (found === null) return;
    const records = found
      .filter((address) => isIPv4(address) === (type === A) && (type === A || type === AAAA))
      .map((address) => makeRecord(type, address));
    const header = Buffer.from(question.subarray(0, 12));
    // An answer, recursion available, no error; one question, no other sections.
    header.writeUInt16BE(0x8180, 2);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([header, question.subarray(12, end), ...records]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => void socket.close());
  return { address: `127.0.0.1:${socket.address().port}`, asked };
}

function readQuestion(packet: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = packet.readUInt8(at); length > 0; length = packet.readUInt8(at)) {
    labels.push(packet.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: packet.readUInt16BE(at + 1), end: at + 5 };
}

/** For the name of the question, of the Internet, good for no second. */
function makeRecord(type: number, address: string): Buffer {
  const data =
    type === A
      ? Buffer.from(address.split('.').map(Number))
      : Buffer.from(expandIPv6(address).flatMap((part) => [part >> 8, part & 0xff]));
  const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
  return Buffer.concat([head, data]);
}

function expandIPv6(address: string): number[] {
  const [left = '', right] = address.split('::');
  const parts = (text: string) =>
    text === '' ? [] : text.split(':').map((part) => Number.parseInt(part, 16));
  if (right === undefined) return parts(left);
  const [before, after] = [parts(left), parts(right)];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
