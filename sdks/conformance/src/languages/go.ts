// sdk-go as its user gets it: a module at a version, fetched by `go get` from a module proxy, which here is a folder.
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFORMANCE_FOLDER } from '../cases.ts';
import { run } from '../commands.ts';
import {
  type Check,
  commandCheck,
  type Installed,
  type LanguageKit,
  type Places,
  tellSize,
} from '../language.ts';

const SDK = 'sdks/sdk-go';

export const go: LanguageKit = {
  needs: [
    {
      command: 'go',
      ask: 'version',
      oldest: [1, 23],
      how: 'https://go.dev/dl, or apt-get install golang-go',
    },
  ],
  install: installGoModule,
};

async function installGoModule({ root, folder }: Places): Promise<Installed> {
  const source = join(root, SDK);
  const proxy = join(folder, 'proxy');
  const project = join(folder, 'project');
  const env = await makeGoEnvironment(folder, proxy);
  const { module, version, size } = await publish(source, proxy, env);
  const fetch = async (target: string, ...more: string[]) => {
    await writeFile(join(target, 'go.mod'), 'module conformance\n\ngo 1.23\n');
    await run('go', ['get', `${module}@${version}`, ...more], { cwd: target, env });
  };
  await cp(join(CONFORMANCE_FOLDER, 'drivers', 'go'), project, { recursive: true });
  await rm(join(project, 'go.sum'), { force: true });
  await fetch(project);
  await run('go', ['build', '-o', 'driver', '.'], { cwd: project, env });
  const examples = join(folder, 'examples');
  await mkdir(examples);
  // The examples of one guide make their keys with it.
  await fetch(examples, 'github.com/google/uuid');
  return {
    artefact: `${module.split('/').slice(-2).join('/')} ${version}, ${tellSize(size)}`,
    driver: { file: join(project, 'driver'), args: [], cwd: project },
    examples: { go: { folder: examples, env } },
    checks: [
      { name: 'no dependency', run: () => findDependencies(source) },
      makeFormatCheck([source, join(CONFORMANCE_FOLDER, 'drivers', 'go')]),
      commandCheck('go vet', 'go', ['vet', './...'], { cwd: source, env }),
      commandCheck('go vet of the driver', 'go', ['vet', './...'], { cwd: project, env }),
      commandCheck('go test', 'go', ['test', '-count=1', './...'], { cwd: source, env }),
    ],
  };
}

async function makeGoEnvironment(folder: string, proxy: string): Promise<Record<string, string>> {
  const usual = (await run('go', ['env', 'GOPROXY'], { cwd: folder })).trim();
  return {
    GOPROXY: `file://${proxy},${usual}`,
    // Nobody has signed a version that is only here.
    GONOSUMDB: 'github.com/mp-solution-inc/*',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    // A cache of modules that outlives the run would hand out the module as it was the last time.
    GOMODCACHE: join(folder, 'modules'),
    GOFLAGS: '-modcacherw -mod=mod',
  };
}

/** Lays the module into a folder as a module proxy serves it. */
async function publish(source: string, proxy: string, env: Record<string, string>) {
  const module = /^module (\S+)$/m.exec(await readFile(join(source, 'go.mod'), 'utf8'))?.[1];
  if (module === undefined) throw new Error(`${SDK}/go.mod names no module`);
  const version = `v${await findVersion(source)}`;
  const shelf = join(proxy, module, '@v');
  await mkdir(shelf, { recursive: true });
  const zip = join(shelf, `${version}.zip`);
  const packer = join(CONFORMANCE_FOLDER, 'packing', 'zip-module.go');
  await run('go', ['run', packer, source, `${module}@${version}`, zip], { cwd: proxy, env });
  await cp(join(source, 'go.mod'), join(shelf, `${version}.mod`));
  await writeFile(join(shelf, 'list'), `${version}\n`);
  await writeFile(
    join(shelf, `${version}.info`),
    JSON.stringify({ Version: version, Time: '2026-01-15T10:00:00Z' }),
  );
  return { module, version, size: (await stat(zip)).size };
}

/** A module has its version from a tag; here it has the one that the SDK tells of itself. */
async function findVersion(source: string): Promise<string> {
  const version = /^const Version = "([^"]+)"$/m.exec(await readFile(join(source, 'client.go'), 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${SDK}/client.go says no Version`);
  return version;
}

async function findDependencies(source: string): Promise<string | null> {
  const found = /^require .*$/m.exec(await readFile(join(source, 'go.mod'), 'utf8'))?.[0];
  return found === undefined ? null : `go.mod has ${found}`;
}

function makeFormatCheck(folders: string[]): Check {
  return {
    name: 'gofmt',
    async run() {
      const unformatted = (await run('gofmt', ['-l', ...folders], { cwd: '/' })).trim();
      return unformatted === '' ? null : `not formatted:\n${unformatted}`;
    },
  };
}
