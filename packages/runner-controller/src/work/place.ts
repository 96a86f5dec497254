/** Where a word stands in the order of its app's words. Within a generation a wish may be said anew: each time with the next sequence. */
export interface Place { generation: number; sequence: number }

export const nowhere: Place = { generation: -1, sequence: 0 };

export const placeOf = ({ generation, sequence = 0 }: { generation: number; sequence?: number | undefined }): Place => ({ generation, sequence });

export const isBefore = (one: Place, other: Place): boolean => one.generation < other.generation || (one.generation === other.generation && one.sequence < other.sequence);
