// The simulated FTP and SFTP servers before clients that we did not write: curl and OpenSSH's sftp. What they understand,
// a gateway does not only understand because both were written here.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createSshKey } from '../src/outbound/ssh-key.ts';
import { startFtpServer } from '../src/simulator/ftp-server.ts';
import { startSftpServer } from '../src/simulator/sftp-server.ts';
import { makeCertificate, NO_OPENSSL } from './support/certificates.ts';
import { findProgram } from './support/process.ts';
import { contentOf, makeFolder } from './support/transfer-stages.ts';

const NO_CURL = findProgram('curl') === null && 'curl is not installed';
const NO_SFTP = findProgram('sftp') === null && 'sftp of OpenSSH is not installed; on Debian: openssh-client';
const run = promisify(execFile);
const SIZE = 300_000;

for (const secured of [false, true]) {
  const skip = NO_CURL || (secured && NO_OPENSSL);
  test(`curl sends, lists, renames and fetches files by FTP${secured ? ' with TLS' : ''}`, {
    skip,
  }, async (t) => {
    const [folder, root] = [makeFolder(t), makeFolder(t)];
    const tls = secured ? makeCertificate('localhost') : undefined;
    const with_tls = tls && { tls: { ...tls, is_required: true } };
    const files: string[] = [];
    const server = await startFtpServer({
      directory: root,
      port: 0,
      accounts: [{ username: 'pgw', password: 'secret' }],
      on_file: (path) => void files.push(path),
      ...with_tls,
    });
    t.after(server.close);
    writeFileSync(join(folder, 'ca.pem'), tls?.cert ?? '');
    writeFileSync(join(folder, 'sent'), contentOf(SIZE));
    const options = secured ? ['--ssl-reqd', '--cacert', join(folder, 'ca.pem')] : [];
    const curl = async (...words: string[]) =>
      (await run('curl', ['-sS', '--max-time', '30', ...options, ...words])).stdout;
    const at = (path: string, who = 'pgw:secret') => `ftp://${who}@127.0.0.1:${server.port}/${path}`;

    await curl('--ftp-create-dirs', '-T', join(folder, 'sent'), at('in/a%20b.part'));
    assert.ok(readFileSync(join(root, 'in/a b.part')).equals(contentOf(SIZE)));
    await curl('-Q', 'RNFR /in/a b.part', '-Q', 'RNTO /in/a b.csv', at(''));
    assert.deepEqual(readdirSync(join(root, 'in')), ['a b.csv']);
    assert.deepEqual(files, ['/in/a b.part', '/in/a b.csv']);
    assert.match(await curl(at('in/')), /^-rw\S+ .* 300000 .* a b\.csv\r?\n$/);
    assert.equal((await curl('--list-only', at('in/'))).trim(), 'a b.csv');
    assert.match(await curl('-X', 'MLSD', at('in/')), /type=file;size=300000;modify=\d{14}; a b\.csv/);
    assert.match(await curl('-I', at('in/a%20b.csv')), /Content-Length: 300000/);
    await curl('--disable-epsv', '-o', join(folder, 'back'), at('in/a%20b.csv'));
    assert.ok(readFileSync(join(folder, 'back')).equals(contentOf(SIZE)));
    await curl('-Q', 'DELE /in/a b.csv', '-Q', 'RMD /in', at(''));
    assert.deepEqual(readdirSync(root), []);

    await assert.rejects(curl(at('', 'pgw:wrong')), /Access denied|Login denied|530/i);
    await assert.rejects(curl(at('nothing')), /\(78\)|\(9\)|550|not exist/i);
    if (secured) {
      const plain = run('curl', ['-sS', '--max-time', '30', at('')]);
      await assert.rejects(plain, /Access denied|530/i, 'nobody logs in without TLS');
    }
  });
}

test('OpenSSH’s sftp sends, lists, renames and fetches files', { skip: NO_SFTP }, async (t) => {
  const [folder, root, own] = [makeFolder(t), makeFolder(t), createSshKey()];
  const accounts = [{ username: 'pgw', public_key: own.public_key }];
  const server = await startSftpServer({ directory: root, port: 0, accounts });
  t.after(server.close);
  writeFileSync(join(folder, 'key'), own.private_key, { mode: 0o600 });
  writeFileSync(join(folder, 'known'), `[127.0.0.1]:${server.port} ${server.public_key}\n`);
  writeFileSync(join(folder, 'sent'), contentOf(SIZE));
  const sftp = async (...lines: string[]) => {
    writeFileSync(join(folder, 'batch'), `${lines.join('\n')}\n`);
    const pinned = [
      `UserKnownHostsFile=${join(folder, 'known')}`,
      'StrictHostKeyChecking=yes',
      'IdentitiesOnly=yes',
    ];
    const options = pinned.flatMap((option) => ['-o', option]);
    const place = ['-i', join(folder, 'key'), '-P', String(server.port), '-b', join(folder, 'batch')];
    return (await run('sftp', ['-q', ...options, ...place, 'pgw@127.0.0.1'], { timeout: 30_000 })).stdout;
  };
  await sftp('mkdir in', `put ${join(folder, 'sent')} "in/a b.part"`, 'rename "in/a b.part" "in/a b.csv"');
  assert.ok(readFileSync(join(root, 'in/a b.csv')).equals(contentOf(SIZE)));
  assert.match(await sftp('ls -l in'), / 300000 .*a b\.csv/);
  await sftp(`get "in/a b.csv" ${join(folder, 'back')}`, 'rm "in/a b.csv"', 'rmdir in');
  assert.ok(readFileSync(join(folder, 'back')).equals(contentOf(SIZE)));
  assert.deepEqual(readdirSync(root), []);
  writeFileSync(join(folder, 'key'), createSshKey().private_key, { mode: 0o600 });
  await assert.rejects(sftp('ls'), /Connection closed|Permission denied/);
});

test('no path and no link leads out of the folder that is served', { skip: NO_CURL }, async (t) => {
  const [folder, root] = [makeFolder(t), makeFolder(t)];
  writeFileSync(join(folder, 'secret'), 'outside');
  mkdirSync(join(root, 'in'));
  symlinkSync(folder, join(root, 'in/way-out'));
  const accounts = [{ username: 'pgw', password: 'secret' }];
  const server = await startFtpServer({ directory: root, port: 0, accounts });
  t.after(server.close);
  const fetch = (path: string) =>
    run('curl', [
      '-sS',
      '--max-time',
      '30',
      '--path-as-is',
      `ftp://pgw:secret@127.0.0.1:${server.port}/${path}`,
    ]);
  const up = '..%2f'.repeat(20);
  for (const path of ['in/way-out/secret', `${up}${tmpdir().slice(1)}`, `/${up}etc/hostname`]) {
    await assert.rejects(fetch(path), path);
  }
  assert.equal(existsSync(join(folder, 'secret')), true);
});
