// What `import … from '@cloudsky/mpac-pgw-sdk-node'` gives.
export const SDK_VERSION = '0.1.0';
