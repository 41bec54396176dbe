/** Finds the volume that a path lies on, by something that stays when the volume is mounted elsewhere. */

import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

export interface VolumeLocation {
  /** A file system's UUID or serial number where one can be found, else where it is mounted. */
  readonly volumeKey: string;
  readonly mountPath: string;
  /** Below `mountPath`, separated by '/', in Unicode NFC. */
  readonly relativePath: string;
  /** The same as raw bytes, as the file system has them. */
  readonly relativePathBytes: Uint8Array;
}

export interface Volume {
  readonly volumeKey: string;
  readonly mountPath: string;
}

/** One line of /proc/self/mountinfo. */
export interface Mount {
  readonly mountPath: string;
  /** The part of the file system that is mounted: '/' unless it is a subvolume or a bind mount. */
  readonly fileSystemRoot: string;
  readonly fileSystemType: string;
  readonly source: string;
}

const networkFileSystems = new Set(['nfs', 'nfs4', 'cifs', 'smb3', 'smbfs', 'afpfs', 'fuse.sshfs', '9p']);
const foldersKept = 10_000;

/** By folder: its volume, and the device that it was on then. A drive that is plugged in changes the device. */
const volumesByFolder = new Map<string, { device: bigint; volume: Volume }>();

/** The path decides as it is named: a link to another volume stays a place on the volume that holds the link.
 *  @param absolutePath need not exist: then the nearest folder above it that does decides */
export async function locateOnVolume(absolutePath: string | Uint8Array): Promise<VolumeLocation> {
  const bytes = typeof absolutePath === 'string' ? Buffer.from(absolutePath) : Buffer.from(absolutePath);
  const volume = await findVolume(bytes);
  const mountBytes = Buffer.from(volume.mountPath);
  const isBelow = bytes.subarray(0, mountBytes.length).equals(mountBytes);
  const relativePathBytes = isBelow ? trimSeparators(bytes.subarray(mountBytes.length)) : bytes;
  const relativePath = relativePathBytes.toString('utf8').replaceAll(path.sep, '/').normalize('NFC');
  return { ...volume, relativePath, relativePathBytes };
}

async function findVolume(rawPath: Buffer): Promise<Volume> {
  const found = await readPlace(rawPath);
  const parent = parentOf(rawPath);
  if (found === null && !parent.equals(rawPath)) return findVolume(parent);
  const device = found?.device ?? 0n;
  const folder = found?.isFolder ? rawPath : parent;
  const key = folder.toString('latin1');
  const known = volumesByFolder.get(key);
  if (known !== undefined && known.device === device) return known.volume;
  const volume = await readVolume(folder.toString('utf8'), device);
  if (volumesByFolder.size >= foldersKept) volumesByFolder.clear();
  volumesByFolder.set(key, { device, volume });
  return volume;
}

async function readPlace(rawPath: Buffer): Promise<{ device: bigint; isFolder: boolean } | null> {
  try {
    const stats = await lstat(rawPath, { bigint: true });
    return { device: stats.dev, isFolder: stats.isDirectory() };
  } catch {
    // Whether a path can be looked at is the walk's business; here the folder above it will do.
    return null;
  }
}

async function readVolume(folder: string, device: bigint): Promise<Volume> {
  if (process.platform === 'linux') {
    const mount = findMount(parseMounts(await readFile('/proc/self/mountinfo', 'utf8')), folder);
    if (mount !== null) return { volumeKey: await identifyMount(mount), mountPath: mount.mountPath };
  }
  const { root } = path.parse(folder);
  // On Windows the device number is the volume's serial number, and the root its drive or share.
  if (process.platform === 'win32') return { volumeKey: `serial:${device.toString(16)}`, mountPath: root };
  const mac = /^\/Volumes\/[^/]+/.exec(folder)?.[0] ?? root;
  return { volumeKey: `mount:${mac}`, mountPath: mac };
}

/** @returns the deepest mount that holds the path; of two on one place the later, which covers the other */
export function findMount(mounts: readonly Mount[], absolutePath: string): Mount | null {
  let best: Mount | null = null;
  for (const mount of mounts) {
    const prefix = mount.mountPath.endsWith('/') ? mount.mountPath : `${mount.mountPath}/`;
    const holds = absolutePath === mount.mountPath || absolutePath.startsWith(prefix);
    if (holds && (best === null || mount.mountPath.length >= best.mountPath.length)) best = mount;
  }
  return best;
}

/** @param table contents of /proc/self/mountinfo. Source: proc_pid_mountinfo(5). */
export function parseMounts(table: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of table.split('\n')) {
    const [before, after] = line.split(' - ');
    const fields = before?.split(' ') ?? [];
    const [fileSystemType, source] = after?.split(' ') ?? [];
    const [, , , fileSystemRoot, mountPath] = fields;
    if (fileSystemRoot === undefined || mountPath === undefined || fileSystemType === undefined || source === undefined) continue;
    mounts.push({
      mountPath: unescapeField(mountPath),
      fileSystemRoot: unescapeField(fileSystemRoot),
      fileSystemType,
      source: unescapeField(source),
    });
  }
  return mounts;
}

/** Spaces, tabs, newlines and backslashes stand there as octal numbers. */
function unescapeField(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

async function identifyMount(mount: Mount): Promise<string> {
  const part = mount.fileSystemRoot === '/' ? '' : `:${mount.fileSystemRoot}`;
  const uuid = mount.source.startsWith('/dev/') ? await findUuid(mount.source) : null;
  if (uuid !== null) return `uuid:${uuid}${part}`;
  if (networkFileSystems.has(mount.fileSystemType)) return `network:${mount.source}${part}`;
  return `mount:${mount.mountPath}`;
}

async function findUuid(device: string): Promise<string | null> {
  const folder = '/dev/disk/by-uuid';
  try {
    const wanted = await realpath(device);
    for (const uuid of await readdir(folder)) {
      if ((await realpath(path.join(folder, uuid))) === wanted) return uuid;
    }
  } catch {
    // Containers and odd systems have no such folder: the mount's path stands in.
  }
  return null;
}

function parentOf(rawPath: Buffer): Buffer {
  const separator = path.sep.charCodeAt(0);
  const last = rawPath.lastIndexOf(separator);
  return last <= 0 ? Buffer.from(path.parse(rawPath.toString('utf8')).root) : rawPath.subarray(0, last);
}

function trimSeparators(bytes: Buffer): Buffer {
  let start = 0;
  while (bytes[start] === path.sep.charCodeAt(0)) start++;
  return bytes.subarray(start);
}
