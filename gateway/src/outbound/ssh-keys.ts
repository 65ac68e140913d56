// SSH keys of our own: one that somebody brings is read and its public half told, and one is made where nobody does.
// No message holds anything of a key.
import { createPrivateKey } from 'node:crypto';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';

export type ReadKey =
  | { kind: 'read'; private_key: string; passphrase: string | null; public_key: string }
  | { kind: 'refused'; message: string };

const { parseKey, generateKeyPair } = ssh2.utils;

/** In the form of OpenSSH or PEM. `public_key` is the line for an authorized_keys. */
export function readPrivateKey(text: string, passphrase: string | null): ReadKey {
  const plain = fromPkcs8(text, passphrase) ?? { private_key: text, passphrase };
  const found = parseKey(plain.private_key, plain.passphrase ?? undefined);
  const key = Array.isArray(found) ? found[0] : found;
  if (key === undefined || key instanceof Error) {
    return { kind: 'refused', message: describeRefusal(text, key?.message ?? '') };
  }
  if (!key.isPrivateKey()) {
    return {
      kind: 'refused',
      message: 'This is a public key. Send the private one, or let the gateway make one.',
    };
  }
  return { kind: 'read', ...plain, public_key: `${key.type} ${key.getPublicSSH().toString('base64')}` };
}

const OLDER_FORMS: Record<string, 'pkcs1' | 'sec1'> = { rsa: 'pkcs1', ec: 'sec1' };

/** OpenSSL's newer form, which the SSH library does not read, as the older one; without its passphrase then. */
function fromPkcs8(text: string, passphrase: string | null) {
  if (!/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return null;
  try {
    const key = createPrivateKey({ key: text, ...(passphrase !== null && { passphrase }) });
    const type = OLDER_FORMS[key.asymmetricKeyType ?? ''];
    if (type === undefined) return null;
    const private_key = String(key.export({ type, format: 'pem' }));
    return { private_key, passphrase: null };
  } catch {
    return null;
  }
}

function describeRefusal(text: string, message: string): string {
  if (/passphrase|decrypt|integrity/i.test(message))
    return 'The private key is encrypted: the passphrase is missing or wrong.';
  if (/BEGIN (ENCRYPTED )?PRIVATE KEY/.test(text))
    return 'The private key cannot be read in this form. Rewrite it with "ssh-keygen -p -f <file>", or check its passphrase.';
  return 'The private key cannot be read. Send the text of an OpenSSH or PEM key, with its first and last line.';
}

/** A new key pair whose private half nobody has seen. */
export async function createKeyPair(comment: string): Promise<{ private_key: string; public_key: string }> {
  const generate = promisify(generateKeyPair) as (
    type: 'ed25519',
    options: { comment: string },
  ) => Promise<{ private: string }>;
  for (;;) {
    const pair = await generate('ed25519', { comment });
    const read = readPrivateKey(pair.private, null);
    // One key in 256 begins with a zero byte, which the library leaves out, so that nobody can read the key.
    if (read.kind === 'read') return { private_key: read.private_key, public_key: read.public_key };
  }
}
