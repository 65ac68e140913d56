// What can be made to go wrong with the servers that files are passed to, so that a gateway is seen to survive it. A fault
// strikes as often as was asked for, in the order in which faults were added.

export const FILE_SERVER_FAULTS = {
  drop: { about: 'Breaks the connection in the middle of a file', value: 'after how many bytes' },
  no_space: { about: 'Says that the disk is full', value: 'after how many bytes' },
  refuse_auth: { about: 'Lets nobody in', value: null },
  hang: { about: 'Falls silent in the middle of a file', value: 'after how many bytes' },
  wrong_size: { about: 'States a size that is wrong', value: 'by how many bytes' },
  refuse_overwrite: { about: 'Does not rename over a file that is there', value: null },
  refuse_tls: { about: 'Says that it has no TLS (FTP)', value: null },
  break_tls: { about: 'Offers TLS and breaks the handshake (FTP)', value: null },
  no_epsv: { about: 'Knows only the older passive mode (FTP)', value: null },
  foreign_address: { about: 'Sends data connections to another machine (FTP)', value: null },
  other_host_key: { about: 'Shows another key than before (SFTP)', value: null },
} as const;

export type FileServerFault = keyof typeof FILE_SERVER_FAULTS;

export interface FileServerFaults {
  /** `times` absent: until it is cleared. */
  add(fault: FileServerFault, options?: { times?: number; value?: number }): void;
  /** The value of a fault that strikes now; null: none does. It is used up by this. */
  take(fault: FileServerFault): number | null;
  list(): { fault: FileServerFault; times_left: number | null; value: number }[];
  clear(): void;
}

export function createFileServerFaults(): FileServerFaults {
  let active: { fault: FileServerFault; times_left: number | null; value: number }[] = [];
  return {
    add(fault, { times, value = 1_000 } = {}) {
      active.push({ fault, times_left: times ?? null, value });
    },
    take(fault) {
      const found = active.find((one) => one.fault === fault);
      if (found === undefined) return null;
      if (found.times_left !== null) found.times_left -= 1;
      active = active.filter((one) => one.times_left !== 0);
      return found.value;
    },
    list: () => active.map((one) => ({ ...one })),
    clear() {
      active = [];
    },
  };
}
