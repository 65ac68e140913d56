// What `<script src="…/mpac-gateway.global.js">` gives: `window.MPACGateway`, the class, with everything else that the
// package exports as its properties (`MPACGateway.MPACError`, …). The build puts it and all that it needs into one file.
import * as sdk from './mpac-gateway.ts';

Object.assign(globalThis, { MPACGateway: Object.assign(sdk.MPACGateway, sdk) });
