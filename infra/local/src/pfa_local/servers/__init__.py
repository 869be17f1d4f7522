"""The real servers that the system needs, each a class with start, stop, kill and restart."""

from pfa_local.servers.base import Server
from pfa_local.servers.kafka import KafkaServer
from pfa_local.servers.mongo import MongoServer
from pfa_local.servers.redis import RedisServer
from pfa_local.servers.replica_set import MongoReplicaSet

__all__ = ["KafkaServer", "MongoReplicaSet", "MongoServer", "RedisServer", "Server"]
