// A provider's simulator as a process of its own: for tests that kill the gateway, and for staging.
import { startSimulatorServer } from '../simulator/server.ts';
import { listSimulators } from '../simulator/simulators.ts';
import { StartError } from './start-error.ts';

export async function runSimulator(
  provider: string,
  options: { port: string; notify: string },
): Promise<void> {
  const all = await listSimulators();
  const simulators = all.filter(({ name }) => name === provider);
  if (simulators.length === 0) {
    const known = all.map(({ name }) => name).join(', ');
    throw new StartError(`There is no simulator for "${provider}". There is one for: ${known}.`);
  }
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new StartError('--port must be 0 to 65535.');
  const simulator = await startSimulatorServer({
    port,
    simulators,
    settings: { paypay: { notification_url: options.notify } },
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new StartError(`Port ${port} is taken by another program. Choose another with --port.`);
  });
  for (const { title, mount } of simulators) console.log(`${title} simulator: ${simulator.url}${mount}`);
  const stop = () => void simulator.close().then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
