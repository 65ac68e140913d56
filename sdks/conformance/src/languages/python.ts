// sdk-python as its user gets it: a wheel, made from the source distribution, in a fresh virtual environment. Its types and
// tests run with the Python that is there, and with the oldest and the newest other one that the machine has.
import { cp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFORMANCE_FOLDER } from '../cases.ts';
import { findVersion, run } from '../commands.ts';
import {
  type Check,
  commandCheck,
  type Installed,
  type LanguageKit,
  type Places,
  tellSize,
} from '../language.ts';
import { findOtherPythons, type Python } from './other-pythons.ts';

const PIP = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];

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
  return {
    artefact: `mpac-pgw, wheel ${tellSize((await stat(wheel)).size)}, sdist ${tellSize((await stat(archive)).size)}`,
    driver: { file: venv.python, args: [join('drivers', 'python', 'driver.py')], cwd: folder },
    examples: { python: venv.python },
    checks: [
      withoutExtras(wheel, folder),
      strictTypes(venv.python, source, folder),
      testsWith(venv.python, 'the tests', source),
      ...(await findOtherPythons(await findVersion('python3'))).map((other) =>
        testsWithOther(other, wheel, source, folder),
      ),
    ],
  };
}

async function makeVenv(base: string, folder: string, packages: string[]): Promise<{ python: string }> {
  await run(base, ['-m', 'venv', folder], { cwd: '/' });
  const python = join(folder, 'bin', 'python');
  await run(python, [...PIP, ...packages], { cwd: '/' });
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

/** Of the sources, and of the driver as the package's user, who has the types out of the wheel. */
function strictTypes(python: string, source: string, folder: string): Check {
  return {
    name: 'mypy --strict',
    async run() {
      await run(python, [...PIP, 'mypy', 'types-requests'], { cwd: folder });
      const mypy = ['-m', 'mypy', '--strict', '--cache-dir', join(folder, 'mypy')];
      await run(python, mypy, { cwd: source });
      await run(python, [...mypy, join('drivers', 'python')], { cwd: folder });
      return null;
    },
  };
}

/** In the repository, where they look for its files; the package is found only where it is installed. */
function testsWith(python: string, name: string, source: string): Check {
  return commandCheck(name, python, ['-m', 'unittest', 'discover', '-s', 'tests', '-t', '.'], {
    cwd: source,
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  });
}

function testsWithOther({ file, minor }: Python, wheel: string, source: string, folder: string): Check {
  const name = `the tests with Python 3.${minor}`;
  return {
    name,
    async run() {
      const { python } = await makeVenv(file, join(folder, `python3.${minor}`), [`${wheel}[http]`]);
      return testsWith(python, name, source).run();
    },
  };
}
