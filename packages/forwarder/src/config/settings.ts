import type { Signal } from '@serverless-otlp/otlp';
import type { Metadata } from '../types.ts';
import type { Components } from './components.ts';
import type { Live } from './live.ts';
import type { TlsOptions } from '../http/transport.ts';
import type { PresetName } from './presets.ts';
import type { AuthSettings } from './settings-auth.ts';
import type { Authenticator } from '../http/authenticator.ts';

/** Settings of an `otlp_http` exporter, as a configuration file writes them. The reference page explains each. */
export interface OtlpHttpSettings extends DestinationSettings {
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
  readonly preset?: PresetName;
  /** What the preset stands for; the reader of files puts it here. */
  readonly limits?: Readonly<Record<Signal, RequestLimits>>;
  readonly max_request_bytes?: number;
  readonly max_request_items?: number;
  readonly max_response_bytes?: number;
  readonly retry?: RetrySettings;
  readonly breaker?: BreakerSettings;
  readonly tls?: TlsSettings;
  /** What the files of `tls` hold. */
  readonly pem?: TlsOptions;
  readonly auth?: AuthSettings;
  /** What `auth` stands for, where a header is not enough. */
  readonly authenticator?: Authenticator;
}

/** What every exporter may be told as a destination. */
export interface DestinationSettings {
  readonly match?: FilterSettings;
  readonly dead_letter?: boolean;
  readonly max_age_hours?: number;
}

/** What a backend takes in one request, uncompressed. */
export interface RequestLimits {
  readonly maxBytes?: number;
  readonly maxItems?: number;
}

/** When nothing is sent for a while. */
export interface BreakerSettings {
  readonly enabled?: boolean;
  readonly failures?: number;
  readonly interval_ms?: number;
}

/** Where undelivered telemetry waits: one of these. */
export interface DeadLetterSettings {
  readonly folder?: { readonly path: string };
  readonly s3?: S3StoreSettings;
}

/** CloudWatch metrics. */
export interface MetricsSettings {
  readonly enabled?: boolean;
  readonly namespace?: string;
}

/** A bucket. */
export interface S3StoreSettings {
  readonly bucket: string;
  readonly prefix?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly force_path_style?: boolean;
  readonly kms_key_id?: string;
  readonly expected_bucket_owner?: string;
}

/** Tries inside one invocation. */
export interface RetrySettings {
  readonly enabled?: boolean;
  readonly initial_interval_ms?: number;
  readonly max_interval_ms?: number;
  readonly max_elapsed_ms?: number;
}

/** PEM files, or their text. */
export interface TlsSettings {
  readonly ca_file?: string;
  readonly ca_pem?: string;
  readonly cert_file?: string;
  readonly cert_pem?: string;
  readonly key_file?: string;
  readonly key_pem?: string;
}

/** Settings of a `batch` processor. */
export interface BatchSettings {
  readonly max_bytes?: number;
  readonly max_items?: number;
}

/** Patterns of a `filter` processor. */
export interface FilterPatternSettings {
  readonly log_group?: readonly string[];
  readonly log_stream?: readonly string[];
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

/** One signal's way: ids of processors, and of the exporters that each get all of it. */
export interface PipelineSettings {
  readonly processors?: readonly string[];
  readonly exporters: readonly string[];
}

/** A configuration: components by id, and the pipelines that use them. */
export interface Config {
  /** What its ids can name; absent: what variables can. */
  readonly components?: Components;
  /** Exporters that cannot be made, and why: they fail alone (D4). */
  readonly broken?: Readonly<Record<string, string>>;
  readonly exporters: Readonly<Record<string, unknown>>;
  readonly processors?: Readonly<Record<string, unknown>>;
  readonly encodings?: { readonly otlp_stdout?: { readonly headers?: readonly string[] } };
  readonly service: {
    readonly pipelines: Readonly<Partial<Record<Signal, PipelineSettings>>>;
    readonly reserve_ms?: number;
    readonly grace_ms?: number;
    readonly reload_ms?: number;
    readonly metrics?: MetricsSettings;
    readonly own_log_groups?: readonly string[];
  };
  readonly dead_letter?: DeadLetterSettings;
  /** Prefix of the names of secrets that are destinations, as the file has it. */
  readonly secrets_prefix?: string;
  /** What each of these destinations takes besides its `match`. */
  readonly matchers?: ReadonlyMap<string, (metadata: Metadata) => boolean>;
  /** Those that take nothing because nobody can tell what they may have, and why: what waits for them goes on waiting (D1). */
  readonly closed?: Readonly<Record<string, string>>;
  /** Changes with anything that secrets under the prefix say. */
  readonly secretsVersion?: string;
  /** What of it goes on changing; absent where nothing does. */
  readonly live?: Live;
}
