// An npm package as its user gets it: packed, and installed into an empty project. Its declarations have to compile in a
// user's own project, strictly, with each of the resolutions in use.
import { cp, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFORMANCE_FOLDER } from '../cases.ts';
import { run } from '../commands.ts';
import { type Check, commandCheck, type Installed, type Places, tellSize } from '../language.ts';

interface Packed {
  name: string;
  version: string;
  filename: string;
  size: number;
  files: { path: string }[];
}

/** What a package must hold, and all that it may hold. */
const NEEDED = ['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json'];
const ALLOWED =
  /^(LICENSE|README\.md|CHANGELOG\.md|package\.json|commonjs\/package\.json|(commonjs\/)?dist\/.+\.(js|d\.ts))$/;

export interface NpmPackage {
  workspace: string;
  /** The language's own folder under `drivers`. */
  driver: string;
  /** Packages of this repository that the driver needs beside the SDK. */
  links: string[];
  /** What is compiled against the package: a file under `consumers`, and how. */
  consumer: {
    file: string;
    lib: string[];
    types: string[];
    resolutions: [module: string, resolution: string][];
  };
}

export async function installNpmPackage(
  npm_package: NpmPackage,
  { root, folder }: Places,
): Promise<Omit<Installed, 'examples'> & { project: string }> {
  const { workspace, driver, links, consumer } = npm_package;
  const project = join(folder, 'project');
  await mkdir(project);
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse(await run('npm', pack, { cwd: join(root, workspace) })) as [Packed];
  // Without the scope's marks: npm has not always named the file alike.
  const tarball = join(folder, 'package.tgz');
  await rename(join(folder, packed.filename.replace('@', '').replace('/', '-')), tarball);
  await writeFile(join(project, 'package.json'), '{"private": true, "type": "module"}\n');
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball], { cwd: project });
  await cp(join(CONFORMANCE_FOLDER, 'drivers'), join(project, 'drivers'), { recursive: true });
  for (const link of links) {
    await mkdir(join(project, 'node_modules', link, '..'), { recursive: true });
    await symlink(join(root, 'node_modules', link), join(project, 'node_modules', link));
  }
  return {
    project,
    artefact: `${packed.name} ${packed.version}, ${tellSize(packed.size)}`,
    driver: { file: process.execPath, args: [join('drivers', driver, 'driver.js')], cwd: project },
    checks: [
      { name: 'what the package holds', run: async () => findStrangeFiles(packed) },
      ...(await makeTypeChecks(consumer, root, project)),
    ],
  };
}

function findStrangeFiles({ files }: Packed): string | null {
  const paths = files.map(({ path }) => path);
  const missing = NEEDED.filter((path) => !paths.includes(path));
  const strange = paths.filter((path) => !ALLOWED.test(path) || /\.test\.|\/test\//.test(path));
  if (missing.length > 0) return `${missing.join(', ')} is not in it`;
  return strange.length > 0 ? `${strange.join(', ')} does not belong into it` : null;
}

async function makeTypeChecks(
  { file, lib, types, resolutions }: NpmPackage['consumer'],
  root: string,
  project: string,
): Promise<Check[]> {
  await cp(join(CONFORMANCE_FOLDER, 'consumers', file), join(project, 'consumer.ts'));
  const checks: Check[] = [];
  for (const [module, resolution] of resolutions) {
    const config = `tsconfig.${resolution}.json`;
    const compilerOptions = {
      ...{ target: 'es2022', lib, module, moduleResolution: resolution, strict: true, noEmit: true },
      ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
      ...{ types, typeRoots: [join(root, 'node_modules', '@types')] },
    };
    await writeFile(join(project, config), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    checks.push(
      commandCheck(`types with ${resolution}`, process.execPath, [compiler, '-p', config], { cwd: project }),
    );
  }
  return checks;
}
