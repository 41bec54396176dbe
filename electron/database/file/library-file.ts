/** What a library's file is called inside its folder. */

export const libraryFileName = 'library.sqlite';
