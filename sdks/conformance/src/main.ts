// `npm run sdks`: proves every SDK with the one set of vectors and scenarios.
console.error('There is no driver yet.');
process.exitCode = 1;
