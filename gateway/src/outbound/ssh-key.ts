// Keys of SSH: private ones as OpenSSH, PuTTY and OpenSSL write them are read, new ones made where nobody brings one, and a
// server's key is told by its fingerprint, as `ssh-keygen -l` prints it.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';

export const fingerprintOf = (host_key: Buffer): string =>
  `SHA256:${createHash('sha256').update(host_key).digest('base64').replace(/=+$/, '')}`;

export type ReadKey =
  /** `public_key` is the line for an authorized_keys. */
  { kind: 'read'; key: ParsedKey; public_key: string } | { kind: 'refused'; message: string };

const PUBLIC = 'This is a public key: send the private one, or let the gateway make one.';
const SEALED = 'The private key is encrypted: check its passphrase.';
const UNREADABLE =
  'The private key cannot be read: send an OpenSSH or PEM key, with its first and last line.';

/** A key that can log in, or a sentence that says why this cannot. It never repeats what it was given. */
export function readPrivateKey(text: string, passphrase: string | null): ReadKey {
  const trimmed = text.trim();
  if (/^-----BEGIN [A-Z ]*PUBLIC KEY|^(ssh|ecdsa)-/.test(trimmed))
    return { kind: 'refused', message: PUBLIC };
  const rewritten = rewrite(trimmed, passphrase);
  const parsed =
    rewritten === null
      ? ssh2.utils.parseKey(`${trimmed}\n`, passphrase ?? undefined)
      : ssh2.utils.parseKey(rewritten);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) {
    // A wrong passphrase opens one old PEM key in 256 to nonsense, which then only looks unreadable.
    const is_sealed = /ENCRYPTED/.test(trimmed) || /passphrase|decrypt|integrity/i.test(key?.message ?? '');
    return { kind: 'refused', message: is_sealed ? SEALED : UNREADABLE };
  }
  if (!key.isPrivateKey()) return { kind: 'refused', message: PUBLIC };
  return { kind: 'read', key, public_key: printPublicKey(key) };
}

export const printPublicKey = (key: ParsedKey): string =>
  `${key.type} ${key.getPublicSSH().toString('base64')}`;

/**
 * A new pair of Ed25519 keys whose private half nobody has seen. ssh2 makes pairs, too, but forgets the zeros that a public
 * key may begin with, so that one in 256 opens nothing (1.17.0). The halves are asked for as bytes: Node 20 can wait for
 * itself for ever while it exports a key object that it has just generated, when garbage is collected at that moment.
 */
export function createSshKey(): { private_key: string; public_key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  const private_key = writeOpenSshKey(privateKey.subarray(-32), publicKey.subarray(-32));
  const read = readPrivateKey(private_key, null);
  if (read.kind === 'refused') throw new Error('A key was written that cannot be read.');
  return { private_key, public_key: read.public_key };
}

/** OpenSSL's newer form (PKCS #8), which ssh2 does not know, in one that it does. Null: it is none, or not to be opened. */
function rewrite(text: string, passphrase: string | null): string | null {
  if (!/^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return null;
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, ...(passphrase !== null && { passphrase }) });
  } catch {
    return null;
  }
  if (key.asymmetricKeyType === 'rsa') return String(key.export({ type: 'pkcs1', format: 'pem' }));
  if (key.asymmetricKeyType === 'ec') return String(key.export({ type: 'sec1', format: 'pem' }));
  if (key.asymmetricKeyType !== 'ed25519') return null;
  const secret = key.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
  const open = createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32);
  return writeOpenSshKey(secret, open);
}

/** An Ed25519 key, of 32 bytes each, in the one form of it that SSH tools read (PROTOCOL.key of OpenSSH). */
function writeOpenSshKey(secret: Buffer, open: Buffer): string {
  const kind = Buffer.from('ssh-ed25519');
  const none = field(Buffer.from('none'));
  const inside = Buffer.concat([
    Buffer.alloc(8),
    field(kind),
    field(open),
    field(Buffer.concat([secret, open])),
    field(Buffer.alloc(0)),
  ]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (inside.length % 8)) % 8);
  const bytes = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    none,
    none,
    field(Buffer.alloc(0)),
    Buffer.from([0, 0, 0, 1]),
    field(Buffer.concat([field(kind), field(open)])),
    field(Buffer.concat([inside, padding])),
  ]);
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
