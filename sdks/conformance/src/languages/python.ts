// sdk-python as its user gets it: a wheel, made from the source distribution, in a fresh virtual environment. Its types and
// tests run with the Python that is there, and with the oldest one that it supports where the machine has that, too.
import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFORMANCE_FOLDER } from '../cases.ts';
import { findVersion, run, runCommand, tellEnd, tellLast } from '../commands.ts';
import {
  type Check,
  commandCheck,
  type Installed,
  type LanguageKit,
  type Places,
  tellSize,
} from '../language.ts';

const OLDEST = 'python3.9';

export const python: LanguageKit = {
  needs: [
    {
      command: 'python3',
      oldest: [3, 9],
      how: 'https://www.python.org, or apt-get install python3 python3-pip python3-venv',
    },
  ],
  install: installPythonPackage,
};

async function installPythonPackage({ root, folder }: Places): Promise<Installed> {
  const source = join(root, 'sdks', 'sdk-python');
  const dist = join(folder, 'dist');
  const build = await makeVenv('python3', join(folder, 'build'), ['build']);
  // The wheel comes out of the source distribution, so that this one is proven to be complete.
  await run(build.python, ['-m', 'build', '--outdir', dist, source], { cwd: folder });
  const files = await readdir(dist);
  const wheel = join(dist, findOnly(files, '.whl'));
  const archive = join(dist, findOnly(files, '.tar.gz'));

  // The examples of one guide are written with requests.
  const venv = await makeVenv('python3', join(folder, 'venv'), [`${wheel}[http]`, 'requests']);
  await cp(join(CONFORMANCE_FOLDER, 'drivers'), join(folder, 'drivers'), { recursive: true });
  // Beside the package, so that the tests can only see the one that is installed.
  const tests = join(folder, 'tests');
  await mkdir(tests);
  await cp(join(source, 'tests'), join(tests, 'tests'), { recursive: true });
  return {
    artefact: `mpac-pgw, wheel ${tellSize((await stat(wheel)).size)}, sdist ${tellSize((await stat(archive)).size)}`,
    driver: { file: venv.python, args: [join('drivers', 'python', 'driver.py')], cwd: folder },
    examples: { python: venv.python },
    checks: [
      withoutExtras(wheel, folder),
      commandCheck('the tests', venv.python, ['-m', 'unittest', 'discover', '-s', 'tests', '-t', '.'], {
        cwd: tests,
      }),
      ...((await findVersion(OLDEST)) !== null ? [oldestPython(wheel, folder, tests)] : []),
    ],
  };
}

async function makeVenv(base: string, folder: string, packages: string[]): Promise<{ python: string }> {
  await run(base, ['-m', 'venv', folder], { cwd: '/' });
  const python = join(folder, 'bin', 'python');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
  await run(python, [...pip, ...packages], { cwd: '/' });
  return { python };
}

function findOnly(files: string[], ending: string): string {
  const [file, ...more] = files.filter((name) => name.endsWith(ending));
  if (file === undefined || more.length > 0)
    throw new Error(`not one ${ending} was built: ${files.join(', ')}`);
  return file;
}

/** Nothing but the standard library is needed. */
function withoutExtras(wheel: string, folder: string): Check {
  return {
    name: 'without httpx',
    async run() {
      const { python } = await makeVenv('python3', join(folder, 'bare'), [wheel]);
      await run(python, ['-c', 'import mpac_pgw'], { cwd: folder });
      const listed = await run(python, ['-m', 'pip', 'list', '--format', 'freeze'], { cwd: folder });
      const strange = listed
        .split('\n')
        .filter((line) => line !== '' && !/^(pip|setuptools|mpac-pgw)==/.test(line));
      return strange.length === 0 ? null : `${strange.join(', ')} came along`;
    },
  };
}

function oldestPython(wheel: string, folder: string, tests: string): Check {
  return {
    name: `the tests with ${OLDEST}`,
    async run() {
      const { python } = await makeVenv(OLDEST, join(folder, 'oldest'), [`${wheel}[http]`]);
      const ended = await runCommand(python, ['-m', 'unittest', 'discover', '-s', 'tests', '-t', '.'], {
        cwd: tests,
      });
      return ended.code === 0 ? null : `${tellEnd(ended)}\n${tellLast(ended)}`;
    },
  };
}
