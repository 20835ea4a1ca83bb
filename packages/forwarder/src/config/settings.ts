import type { Signal } from '@serverless-otlp/otlp';

/** Settings of an `otlp_http` exporter, as a configuration file writes them. The reference page explains each. */
export interface OtlpHttpSettings {
  readonly endpoint?: string;
  readonly traces_endpoint?: string;
  readonly metrics_endpoint?: string;
  readonly logs_endpoint?: string;
  readonly encoding?: 'proto' | 'json';
  readonly compression?: 'gzip' | 'none';
  readonly compression_level?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeout_ms?: number;
  readonly concurrency?: number;
  readonly max_request_bytes?: number;
  readonly max_request_items?: number;
  readonly max_response_bytes?: number;
  readonly retry?: RetrySettings;
  readonly tls?: TlsSettings;
}

/** Tries inside one invocation. */
export interface RetrySettings {
  readonly enabled?: boolean;
  readonly initial_interval_ms?: number;
  readonly max_interval_ms?: number;
  readonly max_elapsed_ms?: number;
}

/** PEM files. */
export interface TlsSettings {
  readonly ca_file?: string;
  readonly cert_file?: string;
  readonly key_file?: string;
}

/** Settings of a `batch` processor. */
export interface BatchSettings {
  readonly max_bytes?: number;
  readonly max_items?: number;
}

/** Patterns of a `filter` processor. */
export interface FilterPatternSettings {
  readonly log_group?: readonly string[];
  readonly owner?: readonly string[];
}

/** Settings of a `filter` processor. */
export interface FilterSettings {
  readonly include?: FilterPatternSettings;
  readonly exclude?: FilterPatternSettings;
}

/** One edit of an `attributes` processor. */
export interface AttributeActionSettings {
  readonly action: 'insert' | 'update' | 'upsert' | 'delete';
  readonly key: string;
  readonly value?: string | number | boolean | readonly (string | number | boolean)[];
  readonly from_metadata?: 'owner' | 'log_group' | 'log_stream';
  readonly on?: 'resource' | 'item';
}

/** Settings of an `attributes` processor. */
export interface AttributesSettings {
  readonly actions: readonly AttributeActionSettings[];
}

/** One signal's way: ids of processors and of one exporter. */
export interface PipelineSettings {
  readonly processors?: readonly string[];
  readonly exporters: readonly string[];
}

/** A configuration: components by id, and the pipelines that use them. */
export interface Config {
  readonly exporters: Readonly<Record<string, unknown>>;
  readonly processors?: Readonly<Record<string, unknown>>;
  readonly encodings?: { readonly otlp_stdout?: { readonly headers?: readonly string[] } };
  readonly service: {
    readonly pipelines: Readonly<Partial<Record<Signal, PipelineSettings>>>;
    readonly reserve_ms?: number;
  };
}
