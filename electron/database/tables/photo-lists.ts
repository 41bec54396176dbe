/** Photos as lists, one photo's view and thumbnails need them. */

import { basename } from 'node:path';
import type { Result, ValidParams } from '../../api/contract.ts';
import type { PhotoId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import { convertFaceSummary, faceSummaryColumns, type FaceSummaryRow } from './faces.ts';
import type { LocationStore } from './locations.ts';
import type { PeopleStore, PersonKey } from './people.ts';
import { readCaptureTime, type PhotoKey, type PhotoStore } from './photos.ts';

export function createPhotoLists(
  { db }: Connection,
  stores: { readonly photos: PhotoStore; readonly people: PeopleStore; readonly locations: LocationStore },
) {
  const { photos, people, locations } = stores;
  const selectShownFaces = db.prepare<[PhotoKey], FaceSummaryRow>(
    `SELECT ${faceSummaryColumns}
     FROM faces f CROSS JOIN photos ph ON ph.id = f.photo_id
       LEFT JOIN memberships m ON m.face_id = f.id LEFT JOIN people pe ON pe.id = m.person_id
     WHERE f.photo_id = ? ORDER BY f.box_x IS NULL, f.box_x, f.box_y, f.id`,
  );
  const listAll = db
    .prepare<[number, number], PhotoId>('SELECT uuid FROM photos ORDER BY timeline, id LIMIT ? OFFSET ?')
    .pluck();
  const listOfPerson = db
    .prepare<[PersonKey, number, number], PhotoId>(
      `SELECT ph.uuid FROM
         (SELECT timeline, photo_id FROM memberships WHERE person_id = ? AND is_ignored = 0
          GROUP BY timeline, photo_id ORDER BY timeline, photo_id LIMIT ? OFFSET ?) page
       CROSS JOIN photos ph ON ph.id = page.photo_id
       ORDER BY page.timeline, page.photo_id`,
    )
    .pluck();

  return {
    get({ photoId }: ValidParams<'photos.get'>): Result<'photos.get'> {
      const photo = photos.resolve(photoId);
      const paths = locations.listPaths(photo.key);
      return {
        id: photo.id,
        fileName: basename(paths[0] ?? ''),
        paths,
        width: photo.width,
        height: photo.height,
        captureTime: readCaptureTime(photo),
        faces: selectShownFaces.all(photo.key).map(convertFaceSummary),
      };
    },

    list({ personId, offset, limit }: ValidParams<'photos.list'>): Result<'photos.list'> {
      if (personId === null) return { total: photos.count(), photoIds: listAll.all(limit, offset) };
      const key = people.resolve(personId);
      return { total: people.readFlags(key).photoCount, photoIds: listOfPerson.all(key, limit, offset) };
    },

    locate(photoId: PhotoId): { paths: Uint8Array[]; contentHash: Uint8Array } {
      const { key } = photos.resolve(photoId);
      return { paths: locations.listPathBytes(key), contentHash: photos.readHash(key) };
    },
  };
}
