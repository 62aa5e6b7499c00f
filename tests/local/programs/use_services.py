"""Connect to both services of the sandbox."""

import os

import psycopg
import redis

psycopg.connect(os.environ["DATABASE_URL"]).close()
answers = redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
print(answers, len(os.environ["SECRET_KEY"]))
