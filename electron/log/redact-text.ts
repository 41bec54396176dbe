/** Takes out of a text what is the user's own: paths, and whatever stands in quotes, as names and file names do. */

/** Folders that may be named, and what for: the rest of a path below one is kept where it is Kindred's own. */
export interface KnownFolder {
  /** Absolute. */
  readonly path: string;
  /** Such as "program". */
  readonly name: string;
  /** First parts of paths below it that are Kindred's; anything else may be the user's. */
  readonly ownEntries: RegExp;
}

export type Redact = (text: string) => string;

const quotedTwice = /"[^"\n]*"|“[^”\n]*”|`[^`\n]*`/gu;
/** What a program's own messages quote: a property, a method. */
const quotedOnce = /(?<before>^|[\s([=:,])'(?<quoted>[^\n]*?)'(?=$|[\s)\].,:;])/gu;
const precedesIdentifier = /(?:reading|setting|property|method|column|table)\s$/u;
const identifier = /^[\w$.]{1,60}$/u;
/** From where it begins to the end of the line: a path without quotes may hold spaces, and nothing says where it ends. */
const absolutePath = /(?<before>^|[\s([=:,'"])(?:\/(?=[^\s/])|[A-Za-z]:[\\/]|\\\\)[^\n]*/gu;
const absolutePathInFrame = /(?<before>^|[\s(])(?:\/|[A-Za-z]:[\\/]|\\\\)[^\n)]*/gu;
/** What a space has cut off. */
const restOfPath = /\/<path>[^\n]*/gu;
const imageName = /[^\s<>]+\.(?:jpe?g|jfif|png|webp|avif|hei[cf]|tiff?|gif|bmp|dng|jxl|jp2)\b/giu;
/** A module that was given as text, with whatever it names. */
const moduleText = /data:text\/javascript[^\n]*/gu;
const stackFrame = /^\s+at /u;

/** @param folders the deepest need not come first */
export function createRedactor(folders: readonly KnownFolder[]): Redact {
  const known = folders
    .filter(({ path }) => path.length > 1)
    .sort((one, other) => other.path.length - one.path.length)
    .map((folder) => ({ ...folder, pattern: new RegExp(`${escapePattern(folder.path)}(?=$|[\\\\/)'":,])(?<rest>(?:[\\\\/][^\\s)'"\\\\/]*)*)`, 'gu') }));

  function nameFolders(text: string): string {
    let named = text;
    for (const { pattern, name, ownEntries } of known) {
      named = named.replace(pattern, (_, rest: string) => {
        const inside = rest.replaceAll('\\', '/');
        if (inside === '' || inside === '/') return `<${name}>`;
        return ownEntries.test(inside.slice(1)) ? `<${name}>${inside}` : `<${name}>/<path>`;
      });
    }
    return named;
  }

  function redactLine(line: string): string {
    const named = nameFolders(readFileUrls(line.replace(moduleText, 'data:')));
    if (stackFrame.test(line)) return named.replace(absolutePathInFrame, '$<before><path>');
    return named
      .replace(quotedTwice, '"<text>"')
      .replace(quotedOnce, (match: string, before: string, quoted: string, at: number, whole: string) => {
        if (isOwnPath(quoted)) return match;
        const isIdentifier = precedesIdentifier.test(whole.slice(0, at) + before) && identifier.test(quoted);
        return isIdentifier ? match : `${before}'<text>'`;
      })
      .replace(restOfPath, '/<path>')
      .replace(absolutePath, '$<before><path>')
      .replace(imageName, '<file>');
  }

  return (text) => text.split('\n').map(redactLine).join('\n');
}

/** A path below a folder that is named by now, whole. */
function isOwnPath(text: string): boolean {
  return /^<\w+>(?:\/[\w.@~-]+)*$/u.test(text);
}

/** Modules name themselves by addresses of files. */
function readFileUrls(text: string): string {
  return text.replace(/file:\/\/(?<path>\/[^\s)'"]*)/gu, (whole, path: string) => {
    try {
      return decodeURIComponent(path).replace(/^\/(?=[A-Za-z]:)/u, '');
    } catch {
      // Broken percent signs: not even the address is kept.
      return whole.startsWith('file:') ? '/' : whole;
    }
  });
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
}
