import { z } from 'zod';

/** What a model of this platform is asked, and in this order. */
export const FEATURES = ['sepal_length', 'sepal_width'] as const;

/** What it answers, by index. */
export const CLASSES = ['setosa', 'versicolor', 'virginica'] as const;

/** A request for a prediction: these two numbers, and nothing else. */
export const flowerSchema = z.strictObject({ sepal_length: z.number(), sepal_width: z.number() });

export type Flower = z.infer<typeof flowerSchema>;

export function rowOf(flower: Flower): number[] {
  return FEATURES.map((feature) => flower[feature]);
}
