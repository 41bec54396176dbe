/** What a name is found by while somebody types it: prefixes of the name and of each of its words, Hangul included. */

const hangulBase = 0xac00;
const hangulLast = 0xd7a3;
/** Vowels and finals under one initial consonant: 21 * 28. */
const syllablesPerInitial = 588;
const leadingJamoBase = 0x1100;
/** The 19 initial consonants as a keyboard types them alone, in the order of Unicode's leading jamo. */
const typedInitials = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';

/**
 * The form in which names and queries are compared: lower case, taken apart (NFD), so that "jose" starts "José",
 * and "기" and "김ㅈ", as they stand there while a Korean name is typed, start "김지수".
 */
export function foldForSearch(text: string): string {
  const folded = text.normalize('NFC').toLowerCase().trim().replace(/\s+/gu, ' ').normalize('NFD');
  let result = '';
  for (const character of folded) {
    const initial = typedInitials.indexOf(character);
    result += initial < 0 ? character : String.fromCharCode(leadingJamoBase + initial);
  }
  return result;
}

/** @returns keys such that a name is found by a query if one of them starts with foldForSearch(query) */
export function listSearchKeys(name: string): string[] {
  const keys = new Set<string>();
  const words = name.normalize('NFC').trim().split(/[\s\-_.,'’()[\]/]+/u);
  const folded = foldForSearch(name);
  if (folded !== '') keys.add(folded);
  for (let index = 0; index < words.length; index++) {
    const rest = words.slice(index).join(' ');
    if (rest === '') continue;
    keys.add(foldForSearch(rest));
    const initials = readInitials(rest);
    if (initials !== '') keys.add(initials);
  }
  return [...keys];
}

/** The initial consonants of the Hangul syllables that `text` starts with, as leading jamo: "ㄱㅈㅅ" of "김지수". */
function readInitials(text: string): string {
  let initials = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < hangulBase || code > hangulLast) break;
    initials += String.fromCharCode(leadingJamoBase + Math.floor((code - hangulBase) / syllablesPerInitial));
  }
  return initials;
}
