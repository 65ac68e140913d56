// Keys of SSH: private ones as OpenSSH, PuTTY and OpenSSL write them are read, and a server's key is told by its
// fingerprint, as `ssh-keygen -l` prints it.
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';

export const fingerprintOf = (host_key: Buffer): string =>
  `SHA256:${createHash('sha256').update(host_key).digest('base64').replace(/=+$/, '')}`;

export type ReadKey = { ok: true; key: ParsedKey } | { ok: false; message: string };

/** A key that can log in, or a sentence that says why this cannot. It never repeats what it was given. */
export function readPrivateKey(text: string, passphrase: string | null): ReadKey {
  const refused = (message: string): ReadKey => ({ ok: false, message });
  if (/^-----BEGIN [A-Z ]*PUBLIC KEY|^(ssh|ecdsa)-/.test(text.trim())) {
    return refused('This is a public key: the private one is needed.');
  }
  const ours = rewrite(text.trim(), passphrase);
  if (ours === 'sealed') return refused('The private key could not be opened: check its passphrase.');
  const parsed = ssh2.utils.parseKey(
    ours ?? `${text.trim()}\n`,
    ours === null ? (passphrase ?? undefined) : undefined,
  );
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) {
    return /passphrase|decrypt|integrity|bad/i.test(key?.message ?? '')
      ? refused('The private key could not be opened: check its passphrase.')
      : refused('The private key could not be read: it must be an OpenSSH or a PEM key.');
  }
  if (!key.isPrivateKey()) return refused('This is a public key: the private one is needed.');
  return { ok: true, key };
}

/** OpenSSL's newer form (PKCS #8), which ssh2 does not know, in one that it does. Null: it is none. */
function rewrite(text: string, passphrase: string | null): string | 'sealed' | null {
  if (!/^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return null;
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, ...(passphrase !== null && { passphrase }) });
  } catch {
    return 'sealed';
  }
  if (key.asymmetricKeyType === 'rsa') return String(key.export({ type: 'pkcs1', format: 'pem' }));
  if (key.asymmetricKeyType === 'ec') return String(key.export({ type: 'sec1', format: 'pem' }));
  return key.asymmetricKeyType === 'ed25519' ? writeOpenSshKey(key) : null;
}

/** An Ed25519 key in the one form of it that SSH tools read (PROTOCOL.key of OpenSSH). */
export function writeOpenSshKey(key: KeyObject): string {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  const [secret, open] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
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
