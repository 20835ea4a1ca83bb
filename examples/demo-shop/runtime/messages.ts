import type { Ids } from './ids.ts';

/** What the platform says to the process of a function. */
export type ToFunction =
  | { readonly type: 'invoke'; readonly id: number; readonly event: unknown; readonly traceparent: string | undefined }
  | { readonly type: 'result'; readonly id: number; readonly result?: unknown; readonly error?: string };

/** What the process of a function says to the platform. */
export type FromFunction =
  | { readonly type: 'ready' }
  | {
      readonly type: 'call';
      readonly id: number;
      readonly target: string;
      readonly event: unknown;
      readonly traceparent: string;
      /** As Lambda's `InvocationType: Event`: nobody waits for the result. */
      readonly asynchronous: boolean;
    }
  | {
      readonly type: 'done';
      readonly id: number;
      readonly ids: Ids;
      readonly result?: unknown;
      readonly error?: string;
    };
