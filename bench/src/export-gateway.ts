// The gateway's own modules, as they were built, for measurements that need no server.
const GATEWAY = new URL('../../gateway/dist/src/', import.meta.url).href;

export type Loaded = Record<string, (...given: unknown[]) => unknown>;

export const loadGateway = async (path: string) => (await import(`${GATEWAY}${path}.js`)) as Loaded;

export async function readConfigOf(
  data_dir: string,
  master_key: string,
  database_url: string,
): Promise<object> {
  const { readConfig } = await loadGateway('config');
  const config = readConfig?.({ LOG_LEVEL: 'silent', MPAC_DATA_DIR: data_dir }, 'development') as object;
  return { ...config, master_key, database_url };
}
