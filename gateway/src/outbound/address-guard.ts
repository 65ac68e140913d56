// Which addresses the gateway may connect to on a stranger's word. A merchant chooses the webhook URL, so it
// must never lead into our own network: the address is judged when the socket is opened, and the address
// that was judged is the one that is connected to, so a name that changes its answer gains nothing.
import { type LookupAddress, promises, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Why an address or a URL is refused: one sentence that a merchant may read. Null: nothing against it. */
export type Refusal = string | null;

export interface AddressGuard {
  /** For a host that is an address already; node opens those without asking the lookup. Names pass. */
  refuseHost(host: string): Refusal;
  /** Resolves a name and fails with a RefusedAddressError when any of its addresses is not public. */
  lookup: LookupFunction;
}

export interface AddressPolicy {
  /** Only for development: a webhook receiver on the developer's own machine. */
  allow_loopback: boolean;
  /** Addresses or CIDR ranges that may be connected to although they are private: what lies behind a VPN. */
  private_ranges?: readonly string[];
}

/** Where files may go, as the operator has set it. */
export function transferPolicy(config: {
  webhook_allow_loopback: boolean;
  transfer_private_ranges: string[];
}): AddressPolicy {
  return { allow_loopback: config.webhook_allow_loopback, private_ranges: config.transfer_private_ranges };
}

/** The ranges that are somebody's own network. Loopback, link-local and the like are nobody's VPN. */
const PRIVATE_KINDS = ['private', 'uniqueLocal', 'carrierGradeNat'];

export class RefusedAddressError extends Error {
  readonly code = 'REFUSED_ADDRESS';
}

type ResolveAll = (
  host: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const NAME_TIMEOUT_MS = 1_500;

/**
 * Asks the name servers itself, with a time limit. The system's resolver would take one of the process's four threads
 * for each name until it is answered, so that a few names of strangers whose servers keep silent would hold up every
 * other name, and with it every question to a provider. `localhost` needs no server. Names that only the machine's own
 * hosts file knows are not found; they would lead to addresses that are refused anyway.
 */
export function makeNameResolver(servers?: string[]): ResolveAll {
  const resolver = new promises.Resolver({ timeout: NAME_TIMEOUT_MS, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  return (host, options, callback) => {
    if (host === 'localhost') return systemLookup(host, options, callback);
    void Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]).then(([four, six]) => {
      const addresses = [
        ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : []),
        ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : []),
      ];
      const failure = four.status === 'rejected' ? (four.reason as NodeJS.ErrnoException) : null;
      callback(addresses.length === 0 ? failure : null, addresses);
    });
  };
}

/** `resolve` is replaced in tests only. */
export function makeAddressGuard(
  policy: AddressPolicy,
  resolve: ResolveAll = makeNameResolver(),
): AddressGuard {
  return {
    refuseHost: (host) => (isIP(host) === 0 ? null : refuseAddress(host, policy)),
    lookup(host, options, callback) {
      resolve(host, { all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0);
        // One private address among public ones is refused as a whole: no honest receiver has such a name,
        // and the operating system would be free to pick the private one.
        for (const { address } of addresses) {
          const refusal = refuseAddress(address, policy);
          if (refusal !== null) return callback(new RefusedAddressError(refusal), '', 0);
        }
        const [first] = addresses;
        if (first === undefined) return callback(new RefusedAddressError('The name has no address.'), '', 0);
        if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      });
    },
  };
}

/** Says why an IP address is refused. Anything that is not plainly public is refused. */
export function refuseAddress(address: string, policy: AddressPolicy): Refusal {
  if (isIP(address) === 0) return 'The address cannot be read.';
  const parsed = ipaddr.parse(address);
  const range: string = parsed.range();
  if (range === 'loopback' && policy.allow_loopback) return null;
  if (PRIVATE_KINDS.includes(range) && isWithin(policy.private_ranges ?? [], address)) return null;
  // Mapped, 6to4, Teredo and NAT64 addresses carry an IPv4 address inside and have ranges of their own here,
  // so they fall with everything else that is not 'unicast'.
  if (range !== 'unicast') return `The address is not public (${range}).`;
  if (parsed.kind() === 'ipv6') {
    // Only 2000::/3 is handed out for public use (RFC 4291 §2.4); the rest holds relics such as ::a.b.c.d.
    if (((parsed as ipaddr.IPv6).parts[0] ?? 0) >> 13 !== 1) return 'The address is not public (reserved).';
  } else if (parsed.toString() === AZURE_HOST_ADDRESS) {
    return 'The address is not public (cloud metadata).';
  }
  return null;
}

/** Whether an address is one of these addresses or lies in one of these CIDR ranges. */
export function isWithin(ranges: readonly string[], address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const judged = ipaddr.process(address);
  return ranges.some((one) => {
    const range = one.includes('/') ? one : `${one}/${one.includes(':') ? 128 : 32}`;
    if (!ipaddr.isValidCIDR(range)) return false;
    const [network, bits] = ipaddr.parseCIDR(range);
    return network.kind() === judged.kind() && judged.match(network, bits);
  });
}

// Azure's host agent answers here from inside every virtual machine, although the range looks public. The
// metadata addresses of the other clouds lie in link-local, shared or reserved ranges.
const AZURE_HOST_ADDRESS = '168.63.129.16';

const PRIVATE_SUFFIXES =
  /\.(localhost|local|internal|intranet|lan|home|corp|private|arpa|onion|test|invalid)$/;

/**
 * Judges a webhook URL when a merchant enters it, so that a mistake is told at once. The connection is
 * judged again by the guard each time; this function alone protects nothing.
 */
export function checkWebhookUrl(
  text: string,
  policy: AddressPolicy,
): { ok: true; url: string } | { ok: false; reason: string } {
  const refused = (reason: string) => ({ ok: false as const, reason });
  if (text.length > 2048) return refused('The URL is longer than 2048 characters.');
  if (!URL.canParse(text)) return refused('The URL cannot be read.');
  const url = new URL(text);
  // The parser turned decimal, octal and hexadecimal spellings of an address into the usual one.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const is_loopback = host === 'localhost' || (isIP(host) !== 0 && ipaddr.parse(host).range() === 'loopback');

  if (url.username !== '' || url.password !== '') return refused('The URL must not contain credentials.');
  if (url.hash !== '') return refused('The URL must not contain a fragment.');
  if (is_loopback && policy.allow_loopback) {
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      return refused('The URL must use http or https.');
    return { ok: true, url: url.href };
  }
  if (url.protocol !== 'https:') return refused('The URL must use https.');
  // Ports below 1024 belong to other services (mail, SSH, …), which must not be made to hear from us.
  if (url.port !== '' && Number(url.port) < 1024) return refused('The port must be 443 or at least 1024.');
  const refusal = refuseNamedHost(host, policy);
  return refusal === null ? { ok: true, url: url.href } : refused(refusal);
}

function refuseNamedHost(host: string, policy: AddressPolicy): Refusal {
  if (isIP(host) !== 0) return refuseAddress(host, policy);
  return host.includes('.') && !PRIVATE_SUFFIXES.test(host) ? null : 'The host must be a public name.';
}

/** The same for the host of a server that files go to, in lower case. */
export function refuseTransferHost(host: string, policy: AddressPolicy): Refusal {
  if (host === 'localhost' && policy.allow_loopback) return null;
  const is_name =
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(host);
  if (isIP(host) === 0 && !is_name)
    return 'The host must be a name or an address, without a scheme or a port.';
  // Behind a VPN names are private as well; what they lead to is judged when it is connected to.
  if (isIP(host) === 0 && host !== 'localhost' && (policy.private_ranges ?? []).length > 0) return null;
  return refuseNamedHost(host, policy);
}
