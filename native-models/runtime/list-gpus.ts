/** Names the GPUs that the system shows without any tool. */

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** @returns names where a driver tells them, else vendor and device as PCI numbers; [] on systems other than Linux */
export async function listGpus(): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const nvidia = await listNvidiaGpus();
  return nvidia.length > 0 ? nvidia : listRenderers();
}

async function listNvidiaGpus(): Promise<string[]> {
  const folder = '/proc/driver/nvidia/gpus';
  const names = await listFolder(folder);
  return Promise.all(
    names.map(async (name) => /^Model:\s*(.+)$/m.exec(await readText(path.join(folder, name, 'information')))?.[1] ?? 'NVIDIA GPU'),
  );
}

async function listRenderers(): Promise<string[]> {
  const folder = '/sys/class/drm';
  const names = (await listFolder(folder)).filter((name) => name.startsWith('renderD')).sort();
  return Promise.all(
    names.map(async (name) => {
      const [vendor, device] = await Promise.all(['vendor', 'device'].map((file) => readText(path.join(folder, name, 'device', file))));
      return vendor ? `PCI ${vendor.trim()}:${device?.trim() ?? '?'} (${name})` : name;
    }),
  );
}

async function listFolder(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

async function readText(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => '');
}
