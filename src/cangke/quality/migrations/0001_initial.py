import cangke.quality.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '__first__'),
        ('desk', '0004_connector'),
        ('people', '0004_job_descriptions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='编号')),
                ('week', models.DateField(verbose_name='所属周')),
                ('reason', models.CharField(choices=cangke.quality.models.reason_choices, max_length=8, verbose_name='来由')),
                ('state', models.CharField(choices=cangke.quality.models.check_state_choices, default='open', max_length=8, verbose_name='状态')),
                ('is_call', models.BooleanField(default=False, verbose_name='有通话')),
                ('drawn_at', models.DateTimeField(verbose_name='抽取时间')),
                ('due_date', models.DateField(verbose_name='评分期限')),
                ('items', models.JSONField(blank=True, default=list, verbose_name='评分项')),
                ('scores', models.JSONField(blank=True, default=dict, verbose_name='得分')),
                ('fatal', models.JSONField(blank=True, default=list, verbose_name='否决项')),
                ('total', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='总分')),
                ('comment', models.TextField(blank=True, verbose_name='评语')),
                ('scored_at', models.DateTimeField(blank=True, null=True, verbose_name='评分时间')),
                ('appeal_until', models.DateField(blank=True, null=True, verbose_name='可申诉至')),
                ('appeal', models.TextField(blank=True, verbose_name='申诉理由')),
                ('appealed_at', models.DateTimeField(blank=True, null=True, verbose_name='申诉时间')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='申诉决定时间')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employee', verbose_name='客服')),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.conversation', verbose_name='会话')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申诉决定人')),
                ('inspector', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='质检人')),
            ],
            options={
                'verbose_name': '质检',
                'verbose_name_plural': '质检',
                'ordering': ['-drawn_at', '-pk'],
                'indexes': [models.Index(fields=['agent', 'week'], name='check_agent_week'), models.Index(fields=['state', 'due_date'], name='check_state_due'), models.Index(fields=['agent', 'scored_at'], name='check_agent_scored')],
                'constraints': [models.UniqueConstraint(fields=('conversation', 'agent'), name='check_once_each_conversation_and_agent'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['scored', 'appealed']), _negated=True), models.Q(('inspector__isnull', False), ('scored_at__isnull', False), ('total__isnull', False)), _connector='OR'), name='check_scored_has_total'), models.CheckConstraint(condition=models.Q(('total__isnull', True), models.Q(('total__gte', 0), ('total__lte', 100)), _connector='OR'), name='check_total_of_a_hundred')],
            },
        ),
        migrations.CreateModel(
            name='CheckEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=cangke.quality.models.check_event_choices, max_length=10, verbose_name='类别')),
                ('text', models.TextField(blank=True, verbose_name='内容')),
                ('data', models.JSONField(blank=True, default=dict, verbose_name='数据')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('check_row', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='quality.check')),
            ],
            options={
                'verbose_name': '质检经过',
                'verbose_name_plural': '质检经过',
                'ordering': ['at', 'pk'],
            },
        ),
    ]
