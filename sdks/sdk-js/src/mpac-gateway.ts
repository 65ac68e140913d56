// What `import { MPACGateway } from '@cloudsky/mpac-pgw-sdk-js'` gives.
export const SDK_VERSION = '0.1.0';
