// A provider's simulator as a process of its own: for tests that kill the gateway, and for staging.
import { startSimulatorServer } from '../simulator/server.ts';
import { StartError } from './start-error.ts';

export async function runSimulator(
  provider: string,
  options: { port: string; notify: string },
): Promise<void> {
  if (provider !== 'paypay')
    throw new StartError(`There is no simulator for "${provider}". There is one for: paypay.`);
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new StartError('--port must be 0 to 65535.');
  const simulator = await startSimulatorServer({ port, paypay: { notification_url: options.notify } }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw new StartError(`Port ${port} is taken by another program. Choose another with --port.`);
    },
  );
  console.log(`PayPay simulator: ${simulator.url}/paypay`);
  const stop = () => void simulator.close().then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
