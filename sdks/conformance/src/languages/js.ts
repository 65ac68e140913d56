// sdk-js for pages in a browser, which its driver opens in Chromium. Its tests run with `npm test`.
import type { LanguageKit } from '../language.ts';
import { installNpmPackage } from './npm-package.ts';

const HOW_TO_GET_CHROMIUM = 'apt-get install chromium, or set CHROMIUM_PATH to a Chrome or Chromium';

export const js: LanguageKit = {
  needs: [{ command: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', how: HOW_TO_GET_CHROMIUM }],
  async install(places) {
    const { project, ...installed } = await installNpmPackage(
      {
        workspace: 'sdks/sdk-js',
        driver: 'js',
        links: ['playwright-core'],
        consumer: {
          file: 'js.ts',
          lib: ['es2022', 'dom', 'dom.iterable'],
          types: [],
          resolutions: [
            ['node16', 'node16'],
            ['preserve', 'bundler'],
          ],
        },
      },
      places,
    );
    return { ...installed, examples: { js: project } };
  },
};
