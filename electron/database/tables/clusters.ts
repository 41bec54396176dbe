/** What the last clustering computed, stored so that a cluster which stays much the same keeps its id. */

import { createId, type ClusterId, type FaceId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { FaceKey } from './faces.ts';
import type { ClusteringOutcome } from '../library-database.ts';

/** A cluster's row id; never leaves this folder. */
type ClusterKey = number;

/** Every face of the library by its id: its key, and the cluster that it was in. */
export type FacePlaces = ReadonlyMap<FaceId, { readonly key: FaceKey; readonly cluster: ClusterKey | null }>;

export type ClusterStore = ReturnType<typeof createClusterStore>;

export function createClusterStore({ db, now }: Connection) {
  const selectPlaces = db
    .prepare<[], [FaceId, FaceKey, ClusterKey | null]>(
      'SELECT f.uuid, f.id, cm.cluster_id FROM faces f LEFT JOIN cluster_members cm ON cm.face_id = f.id',
    )
    .raw();
  const insertClustering = db.prepare(
    `INSERT INTO clusterings (uuid, pack_id, algorithm, parameters, face_count, cluster_count, made_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertCluster = db.prepare<[ClusterId, number]>('INSERT INTO clusters (uuid, clustering_id) VALUES (?, ?)');
  const renewClusters = db.prepare<[number]>('UPDATE clusters SET clustering_id = ?');
  const deleteCluster = db.prepare<[ClusterKey]>('DELETE FROM clusters WHERE id = ?');
  const upsertMember = db.prepare<[FaceKey, ClusterKey]>(
    `INSERT INTO cluster_members (face_id, cluster_id) VALUES (?, ?)
     ON CONFLICT (face_id) DO UPDATE SET cluster_id = excluded.cluster_id`,
  );
  const deleteMember = db.prepare<[FaceKey]>('DELETE FROM cluster_members WHERE face_id = ?');
  const listClusters = db.prepare<[], ClusterKey>('SELECT id FROM clusters').pluck();

  return {
    readPlaces(): FacePlaces {
      const places = new Map<FaceId, { key: FaceKey; cluster: ClusterKey | null }>();
      for (const [id, key, cluster] of selectPlaces.iterate()) places.set(id, { key, cluster });
      return places;
    },

    /** Writes only what changes: folding a few new faces into a large library is quick. */
    save(outcome: ClusteringOutcome, places: FacePlaces): void {
      const { packId, algorithm, parameters, clusters } = outcome;
      const faceCount = clusters.reduce((total, cluster) => total + cluster.length, 0);
      const { lastInsertRowid } = insertClustering.run(
        createId(),
        packId,
        algorithm,
        JSON.stringify(parameters),
        faceCount,
        clusters.length,
        now(),
      );
      const clustering = Number(lastInsertRowid);
      renewClusters.run(clustering);
      const inherited = inheritClusters(clusters, places);
      const placed = new Set<FaceId>();
      clusters.forEach((cluster, index) => {
        const key = inherited.get(index) ?? Number(insertCluster.run(createId<ClusterId>(), clustering).lastInsertRowid);
        for (const faceId of cluster) {
          const place = places.get(faceId);
          if (place === undefined || placed.has(faceId)) continue;
          placed.add(faceId);
          if (place.cluster !== key) upsertMember.run(place.key, key);
        }
      });
      for (const [faceId, place] of places) {
        if (place.cluster !== null && !placed.has(faceId)) deleteMember.run(place.key);
      }
      const kept = new Set(inherited.values());
      const before = new Set([...places.values()].map((place) => place.cluster));
      for (const key of listClusters.all()) if (before.has(key) && !kept.has(key)) deleteCluster.run(key);
    },
  };
}

/** @returns for new clusters by index the earlier one that they go on from: those with most faces in common first */
function inheritClusters(clusters: ClusteringOutcome['clusters'], places: FacePlaces): Map<number, ClusterKey> {
  const claims: { index: number; key: ClusterKey; faces: number }[] = [];
  clusters.forEach((cluster, index) => {
    const counts = new Map<ClusterKey, number>();
    for (const faceId of cluster) {
      const key = places.get(faceId)?.cluster ?? null;
      if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [key, faces] of counts) claims.push({ index, key, faces });
  });
  claims.sort((one, other) => other.faces - one.faces || one.index - other.index || one.key - other.key);
  const inherited = new Map<number, ClusterKey>();
  const taken = new Set<ClusterKey>();
  for (const { index, key } of claims) {
    if (inherited.has(index) || taken.has(key)) continue;
    inherited.set(index, key);
    taken.add(key);
  }
  return inherited;
}
