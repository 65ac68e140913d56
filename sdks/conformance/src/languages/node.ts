// sdk-node for servers in TypeScript and JavaScript. Its tests run with `npm test`.
import type { LanguageKit } from '../language.ts';
import { installNpmPackage } from './npm-package.ts';

export const node: LanguageKit = {
  needs: [],
  async install(places) {
    const { project: _, ...installed } = await installNpmPackage(
      {
        workspace: 'sdks/sdk-node',
        driver: 'node',
        links: [],
        consumer: {
          file: 'node.ts',
          lib: ['es2022'],
          types: ['node'],
          resolutions: [
            ['node16', 'node16'],
            ['preserve', 'bundler'],
          ],
        },
      },
      places,
    );
    return { ...installed, examples: { node: true } };
  },
};
