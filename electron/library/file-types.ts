/** Tells by their names which files are photos and which folders hold none of the user's own. */

/** Extensions of what Kindred reads: JPEG, PNG, WebP, AVIF, TIFF, GIF. */
const photoExtensions: ReadonlySet<string> = new Set([
  ...['jpg', 'jpeg', 'jpe', 'jfif', 'png', 'webp', 'avif', 'tif', 'tiff', 'gif'],
]);

/** Extensions of images that Kindred cannot read yet: counted and named, so that nobody wonders where they went. */
const unsupportedExtensions: ReadonlySet<string> = new Set([
  ...['heic', 'heif', 'hif', 'jxl', 'jp2', 'j2k', 'jpf', 'jpx', 'bmp', 'dib', 'psd', 'psb', 'xcf', 'svg', 'tga', 'exr'],
  ...['dng', 'cr2', 'cr3', 'crw', 'nef', 'nrw', 'arw', 'srf', 'sr2', 'raf', 'orf', 'rw2', 'pef', 'srw', 'x3f', 'raw'],
  ...['3fr', 'fff', 'iiq', 'mef', 'mos', 'mrw', 'rwl', 'erf', 'kdc', 'dcr', 'gpr'],
]);

/** Folders that systems, network drives and photo programs make for themselves, in lower case. */
const skippedFolders: ReadonlySet<string> = new Set([
  ...['$recycle.bin', 'recycler', 'system volume information', 'lost+found', 'config.msi', '__macosx'],
  ...['@eadir', '@recycle', '@synoresource', '@tmp', '#recycle', '#snapshot'],
  ...['thumbs', 'thumbnails', 'thumbnail cache', 'thumbcache'],
]);

/** Lightroom keeps its previews in folders of this ending. */
const skippedFolderEndings = ['.lrdata'];

/** @returns lower case without the dot; empty where the name has none */
export function readExtension(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  return dot <= 0 ? '' : fileName.slice(dot + 1).toLowerCase();
}

export function isHiddenName(name: string): boolean {
  return name.startsWith('.');
}

export function isPhotoFileName(name: string): boolean {
  return !isHiddenName(name) && photoExtensions.has(readExtension(name));
}

export function isUnsupportedImageName(name: string): boolean {
  return !isHiddenName(name) && unsupportedExtensions.has(readExtension(name));
}

/** Hidden folders, system folders and caches of thumbnails.
 *  @param parentName of the folder that it lies in: inside a library of Apple's Photos only the originals count */
export function isSkippedFolderName(name: string, parentName = ''): boolean {
  const lower = name.toLowerCase();
  if (isHiddenName(name) || skippedFolders.has(lower)) return true;
  if (skippedFolderEndings.some((ending) => lower.endsWith(ending))) return true;
  return parentName.toLowerCase().endsWith('.photoslibrary') && lower !== 'originals' && lower !== 'masters';
}
